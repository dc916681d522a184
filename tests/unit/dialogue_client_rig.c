/* SPDX-License-Identifier: ISC */
/* dialogue_client_rig.c - the handshake with a scripted dialogue */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dialogue_client_rig.h"
#include "xalloc.h"

struct script {
	struct dialogue dialogue; /* first: it is a dialogue */
	struct client_rig *rig;
	size_t heard; /* bytes of the step */
};

static void
say(struct script *s)
{
	const char *says = s->rig->step->says;

	buffer_append(&s->dialogue.out, says, strlen(says));
}

static enum dialogue_result
end_step(struct script *s)
{
	enum dialogue_result result = s->rig->step->result;

	if (result == DIALOGUE_FAILED) {
		s->dialogue.error_code = EHOSTUNREACH;
		return dialogue_fail(&s->dialogue, "refused");
	}
	s->heard = 0;
	s->rig->step++;
	if (result != DIALOGUE_DONE)
		say(s);
	return result;
}

static enum dialogue_result
script_hear(struct dialogue *d, const uint8_t *bytes, size_t n, size_t *used)
{
	struct script *s = (struct script *)d;

	ck_assert_uint_gt(n, 0);
	for (*used = 0; *used < n;) {
		const char *hears = s->rig->step->hears;
		enum dialogue_result result;

		ck_assert_int_eq(bytes[(*used)++], hears[s->heard++]);
		if (hears[s->heard] != '\0')
			continue;
		result = end_step(s);
		if (result != DIALOGUE_MORE)
			return result;
	}
	return DIALOGUE_MORE;
}

static void
script_free(struct dialogue *d)
{
	((struct script *)d)->rig->talks = false;
	free(d);
}

static const struct dialogue_ops script_ops = {
	.name = "script",
	.hear = script_hear,
	.free = script_free,
};

static struct dialogue *
begin(void *arg)
{
	struct client_rig *r = arg;
	struct script *s = xcalloc(1, sizeof(*s));

	s->dialogue.ops = &script_ops;
	s->rig = r;
	r->talks = true;
	r->begins++;
	buffer_init(&s->dialogue.out, SAID_MAX);
	if (r->stillborn) {
		s->dialogue.error_code = ENAMETOOLONG;
		dialogue_fail(&s->dialogue, "no name is so long");
	} else
		say(s);
	return &s->dialogue;
}

static void
failed(const char *why, int error_code, void *arg)
{
	struct client_rig *r = arg;

	r->failures++;
	r->error_code = error_code;
	strlcpy(r->why, why, sizeof(r->why));
}

/* Another connection to the peer: a handshake that has it at once. */
struct other {
	struct handshake handshake; /* first: it is a handshake */
	struct client_rig *rig;
};

static int
other_run(struct handshake *handshake, struct channel *ch)
{
	struct client_rig *r = ((struct other *)handshake)->rig;

	channel_attach(ch, r->next[0]);
	return 0;
}

static void
other_free(struct handshake *handshake)
{
	free(handshake);
}

static const struct handshake_ops other_ops = {
	.name = "other",
	.run = other_run,
	.free = other_free,
};

static struct handshake *
connect_again(void *arg)
{
	struct other *o = xcalloc(1, sizeof(*o));

	o->handshake.ops = &other_ops;
	o->rig = arg;
	return &o->handshake;
}

void
client_rig_over(struct client_rig *r, const struct step *steps,
    const int fds[2], int64_t limit_ms)
{
	struct dialogue_request request = { .name = "script",
		.peer = "the script",
		.limit_ms = limit_ms,
		.begin = begin,
		.connect = connect_again,
		.failed = failed,
		.arg = r };

	*r = (struct client_rig){
		.step = steps, .peer = fds[1], .next = { -1, -1 }
	};
	r->ch = channel_socket(fds[0]);
	channel_add_handshake(r->ch, dialogue_handshake(&request));
}

void
client_rig_init(struct client_rig *r, const struct step *steps)
{
	int fds[2];

	pair_of(SOCK_STREAM, fds);
	client_rig_over(r, steps, fds, TALK_LIMIT_MS);
}

void
client_rig_free(struct client_rig *r)
{
	channel_close(r->ch);
	ck_assert(!r->talks);
	close(r->peer);
	if (r->next[1] != -1)
		close(r->next[1]);
}
