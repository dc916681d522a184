# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# lonely.bash - a machine whose neighbours never answer

# A machine at 10.0.0.1 and fd00::1, whose neighbours 2 and 3 swallow whatever
# they get.  It knows the hosts of its own file, and a server of names that is
# one of those neighbours.
lonely() {
	network lonely
	"${NETWORK[@]}" sh -e -c '
		ip link add d0 type veth peer name d1
		ip link set d1 up
		ip addr add 10.0.0.1/24 dev d0
		ip -6 addr add fd00::1/64 dev d0 nodad
		ip link set d0 up
		for n in 2 3; do
			for net in 10.0.0. fd00::; do
				ip neigh add $net$n dev d0 \
					lladdr 02:00:00:00:00:0$n nud permanent
			done
		done
		printf "%s half\n" fd00::2 10.0.0.1 >hosts
		printf "%s dead\n" fd00::2 fd00::3 10.0.0.2 10.0.0.3 >>hosts
		printf "%s both\n" ::1 127.0.0.1 >>hosts
		echo "hosts: files dns" >nsswitch.conf
		echo "nameserver 10.0.0.2" >resolv.conf
		for file in hosts nsswitch.conf resolv.conf; do
			mount --bind $file "$(realpath "/etc/$file")"
		done'
}

# ncx itself, behind a start of it in $NETWORK; it may not be there yet
inside() {
	until NCX_PID=$(program "$(program "$1")"); do
		kill -0 "$1"
	done
}
