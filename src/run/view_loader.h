/* SPDX-License-Identifier: MIT */
/* The target view: what starts the host's programs where their loader's name may be another's. */
#pragma once

#include "run/steps.h"

/*
 * view_place_loader() - have the name of the host's loader lead to its stand-in
 *
 * Where all that the loader and the programs read is the host's anyway nothing is done.
 * Return: 0 or -errno.
 */
int view_place_loader(const struct run *run);
