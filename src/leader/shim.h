/* SPDX-License-Identifier: MIT */
/* Where what is found in the target view of -H: for who makes it and for the loader's stand-in. */
#pragma once

#define SHIM_DIR  "/.nsjoin"
#define SHIM_HOST SHIM_DIR "/host" /* the host's trees, read-only */
#define SHIM_ROOT SHIM_DIR "/root" /* the target's own root directory */
#define SHIM	  SHIM_DIR "/shim" /* the stand-in itself */
#define SHIM_OWN  SHIM_DIR "/own"  /* the target's loader, where it has one of that name */

#define SHIM_LOADER SHIM_DIR "/loader" /* the host's, where the stand-in covers its name */

/* Where the start of a program without a library is written down. */
#if defined(__x86_64__) || defined(__aarch64__)
#define SHIM_WORKS true
#else
#define SHIM_WORKS false
#endif

/* The host's loader, its --library-path, and one more option or "": each ends with a NUL byte. */
#define SHIM_TOOLS SHIM_DIR "/tools"
