/* SPDX-License-Identifier: MIT */
/* Functions of libraries that are loaded where they are used. */
#pragma once

#include <stdbool.h>

/*
 * library_symbol() - look a function of a library up
 * @lib:          of dlopen(3)
 * @ret_function: a pointer to a pointer to such a function; NULL is stored where there is none
 * Return: whether there is one.
 */
bool library_symbol(void *lib, const char *name, void *ret_function);
