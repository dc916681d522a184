/* SPDX-License-Identifier: ISC */
/* capture_file.c - the file of a capture: whole blocks, each by one write */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "capture_ends.h"
#include "capture_file.h"
#include "clock.h"
#include "printable.h"
#include "version.h"
#include "watch_sink.h"
#include "xalloc.h"

/* ns; two clocks that are read one after the other agree as well as this */
#define CLOCK_JITTER_NS 1000000

struct capture_file {
	struct sink *sink;
	struct pcapng block;
	int64_t wall_ns; /* the time since 1970 when clock_ns() was 0 */
	struct pcapng_statistics statistics;
	/* Who was named last */
	struct address named;
	char name[ADDRESS_TEXT];
};

static void
write_block(struct capture_file *file)
{
	sink_write(file->sink, file->block.bytes, file->block.len);
}

static void
write_beginning(
    struct capture_file *file, const char *comment, const char *command)
{
	const char *const list[] = { command, comment };
	const struct pcapng_comments comments = { .list = list, .count = 2 };

	pcapng_section(&file->block, "ncx " NCX_VERSION, &comments);
	write_block(file);
	pcapng_interface(&file->block, "ncx");
	write_block(file);
}

struct capture_file *
capture_file_open(const struct options *o, const char *comment,
    const char *command, enum status *status)
{
	struct sink *sink = watch_sink_open(
	    o->pcap, o->force ? SINK_REPLACE : SINK_NEW, status);
	struct capture_file *file;

	if (sink == NULL)
		return NULL;
	file = xcalloc(1, sizeof(*file));
	file->sink = sink;
	file->wall_ns = clock_wall_ns(0);
	file->statistics.start_ns = capture_file_time(file, clock_ns());
	write_beginning(file, comment, command);
	return file;
}

bool
capture_file_works(const struct capture_file *file)
{
	return !sink_is_broken(file->sink);
}

int64_t
capture_file_time(struct capture_file *file, int64_t at_ns)
{
	int64_t wall_ns = clock_wall_ns(0);

	if (llabs(wall_ns - file->wall_ns) > CLOCK_JITTER_NS)
		file->wall_ns = wall_ns;
	return file->wall_ns + at_ns;
}

void
capture_file_packet(const struct pcapng_packet *packet, void *arg)
{
	struct capture_file *file = arg;
	struct iovec parts[PCAPNG_PARTS];

	if (!capture_file_works(file))
		return;
	pcapng_packet(&file->block, packet, parts);
	sink_writev(file->sink, parts, PCAPNG_PARTS);
	file->statistics.received++;
}

static bool
is_number(const char *name)
{
	return strchr(name, ':') != NULL || inet_addr(name) != INADDR_NONE;
}

/* True: it is to be told.  Once, for the many clients that one host may have.
 */
static bool
is_news(struct capture_file *file, const struct address *a, const char *name)
{
	struct packet_end before, now;
	size_t len = capture_end_of(a, &now);

	if (len == capture_end_of(&file->named, &before) &&
	    memcmp(before.address, now.address, len) == 0 &&
	    strcmp(file->name, name) == 0)
		return false;
	file->named = *a;
	strlcpy(file->name, name, sizeof(file->name));
	return true;
}

void
capture_file_name(
    struct capture_file *file, const struct address *a, const char *name)
{
	struct packet_end end;
	size_t len = capture_end_of(a, &end);
	char shown[ADDRESS_TEXT];

	if (len == 0 || name == NULL || is_number(name) ||
	    !is_news(file, a, name))
		return;
	printable_text(shown, sizeof(shown), name, strlen(name));
	pcapng_name(&file->block, end.address, len, shown);
	write_block(file);
}

void
capture_file_statistics(
    struct capture_file *file, const struct pcapng_comments *comments)
{
	struct pcapng_statistics *s = &file->statistics;

	s->at_ns = s->end_ns = capture_file_time(file, clock_ns());
	pcapng_statistics(&file->block, s, comments);
	write_block(file);
}

enum status
capture_file_close(struct capture_file *file)
{
	enum status status;

	capture_file_statistics(file, &(struct pcapng_comments){ 0 });
	status = watch_sink_close(file->sink);
	pcapng_free(&file->block);
	free(file);
	return status;
}
