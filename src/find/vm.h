/* SPDX-License-Identifier: MIT */
/* Containers whose processes run on another kernel: they can be recognised, but not be joined. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * vm_of_runtime() - whether a runtime runs its containers on another kernel
 * @name: of the runtime or its shim: "io.containerd.kata.v2", "/usr/bin/containerd-shim-runsc-v1"
 *
 * Return: why its containers cannot be entered, static; NULL for others.
 */
const char *vm_of_runtime(const char *name);

/* vm_is_mentioned() - whether such a runtime's name can be in a text: saves parsing most */
bool vm_is_mentioned(const char *text, size_t n);
