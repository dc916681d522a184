/* SPDX-License-Identifier: ISC */
/* tls_library.c - libtls, loaded when it is asked for */
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "tls_library.h"

static const struct symbol {
	const char *name;
	size_t offset;
} symbols[] = {
#define FUNCTION(name) { #name, offsetof(struct tls_library, name) },
#include "tls_library.def"
#undef FUNCTION
};

static void
ssl_made(void *ssl, void *data, CRYPTO_EX_DATA *all, int index, long number,
    void *arg)
{
	struct tls_library *library = arg;

	(void)data;
	(void)all;
	(void)index;
	(void)number;
	library->made = ssl;
}

static const char *
find_symbols(struct tls_library *library)
{
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		void *function = dlsym(library->handle, symbols[i].name);

		if (function == NULL)
			return dlerror();
		memcpy((char *)library + symbols[i].offset, &function,
		    sizeof(function));
	}
	return NULL;
}

const char *
tls_library_load(struct tls_library *library)
{
	const char *why;

	*library = (struct tls_library){ .index = -1 };
	/* it keeps things for good, which may be used by the next one */
	library->handle =
	    dlopen(NCX_LIBTLS, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (library->handle == NULL)
		return dlerror();
	why = find_symbols(library);
	if (why != NULL)
		return why;
	library->index = library->CRYPTO_get_ex_new_index(
	    CRYPTO_EX_INDEX_SSL, 0, library, ssl_made, NULL, NULL);
	return library->index == -1 ? "out of memory" : NULL;
}

void
tls_library_free(struct tls_library *library)
{
	if (library->index != -1)
		library->CRYPTO_free_ex_index(
		    CRYPTO_EX_INDEX_SSL, library->index);
	if (library->handle != NULL)
		dlclose(library->handle);
}
