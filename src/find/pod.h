/* SPDX-License-Identifier: MIT */
/*
 * Pods: several containers and a sandbox that holds the namespaces which they share. Which of them
 * is meant depends on what will be joined.
 */
#pragma once

#include "find/search.h"

/*
 * pod_find() - [NAMESPACE/]POD[/CONTAINER]: the sandbox where only what it holds is joined, else the
 * one application container
 *
 * pod_find_scanned() also looks at the places that running processes tell of.
 * Return: 1 with *ret_found, 0 where there is no such pod, or a negative errno with @err filled.
 */
int pod_find(struct search *s, struct found *ret_found, struct error *err);
int pod_find_scanned(struct search *s, struct found *ret_found, struct error *err);
