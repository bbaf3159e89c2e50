# SPDX-License-Identifier: MIT
# The program, its page and its completions, and nothing else.
set(NSJOIN_BASH_COMPLETION_DIR ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
	CACHE PATH "Where the bash completion is installed")
set(NSJOIN_ZSH_COMPLETION_DIR ${CMAKE_INSTALL_DATADIR}/zsh/site-functions
	CACHE PATH "Where the zsh completion is installed")
set(NSJOIN_FISH_COMPLETION_DIR ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
	CACHE PATH "Where the fish completion is installed")

install(TARGETS nsjoin RUNTIME)
install(FILES man/nsjoin.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES completions/nsjoin.bash DESTINATION ${NSJOIN_BASH_COMPLETION_DIR} RENAME nsjoin)
install(FILES completions/_nsjoin DESTINATION ${NSJOIN_ZSH_COMPLETION_DIR})
install(FILES completions/nsjoin.fish DESTINATION ${NSJOIN_FISH_COMPLETION_DIR})
