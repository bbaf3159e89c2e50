# fish completion for nsjoin(1)
# SPDX-License-Identifier: MIT
# Made by completions/generate.c from the table of options; not to be edited.
# Names that containers gave themselves are filtered and never evaluated.

# What of an option's value has been typed, which may be attached to the option.
function __nsjoin_typed
    commandline -ct | string replace -r '^(--[a-z-]+=|-[A-Za-z])' ''
end

function __nsjoin_offer
    for line in (nsjoin __complete $argv[1] (__nsjoin_typed) 2>/dev/null)
        string match -qr '^[A-Za-z0-9._:/@+-]+(\t|$)' -- $line
        and string replace -ar '[^[:print:]\t]' '?' -- $line
    end
end

function __nsjoin_targets
    __nsjoin_offer targets
end

# Several words with commas between, behind a sign or without.
function __nsjoin_list
    set -l head (__nsjoin_typed | string match -r '^(?:.*,|[+-])')
    for word in $argv
        echo "$head$word"
    end
end

# Prints the index of the program among the words before the cursor: one past the end where the
# word at the cursor may be it. Fails where that word is the value of an option.
function __nsjoin_program
    set -l words (commandline -opc)
    set -l i 2
    while test $i -le (count $words)
        switch $words[$i]
            case --
                math $i + 1
                return
            case --target --host-root --net-socket --setuid --setgid --wdns --view --tools-from --stdio --keep-fd --errors
                set i (math $i + 1)
            case '--*'
            case '-?*'
                string match -qr '^-[amuinpUCTecZFHXvqhV]*[tNSGW]$' -- $words[$i]
                and set i (math $i + 1)
            case '*'
                echo $i
                return
        end
        set i (math $i + 1)
    end
    test $i -eq (math (count $words) + 1)
    and echo $i
end

function __nsjoin_has_verb
    set -l words (commandline -opc)
    contains -- "$words[2]" ps inspect help version
end

# Whether the word at the cursor is the program or one of its arguments.
function __nsjoin_in_program
    __nsjoin_has_verb
    and return 1
    set -l first (__nsjoin_program)
    or return
    set -l words (commandline -opc)
    test (count $words) -gt 1 # a program comes after options
    or return
    test $first -le (count $words)
    or test "$words[-1]" = --
    or not string match -q -- '-*' (commandline -ct)
end

function __nsjoin_complete_program
    set -l words (commandline -opc)
    set -l command (string escape -- $words[(__nsjoin_program)..-1]) (commandline -ct)
    complete -C "$command"
end

function __nsjoin_in_options
    not __nsjoin_has_verb
    and not __nsjoin_in_program
end

function __nsjoin_verb
    set -l words (commandline -opc)
    test (count $words) -eq 2
    and test $words[2] = $argv[1]
end

function __nsjoin_after
    set -l words (commandline -opc)
    contains -- "$words[2]" $argv
end

complete -c nsjoin -f
complete -c nsjoin -n 'test (count (commandline -opc)) -eq 1' -a 'ps inspect help version'
complete -c nsjoin -n '__nsjoin_verb help' -a 'targets ps inspect target host-root all mount uts ipc net pid user cgroup time net-socket user-parent setuid setgid preserve-credentials keep-caps root wd wdns env join-cgroup follow-context no-fork host-tools view tools-from remount host-exe privileged as-target shell pty stdio keep-fd dry-run json errors verbose quiet help version'
complete -c nsjoin -n '__nsjoin_verb version' -a --json
complete -c nsjoin -n '__nsjoin_after ps' -a '(__nsjoin_offer patterns)'
complete -c nsjoin -n '__nsjoin_after inspect' -a '(__nsjoin_targets)'
complete -c nsjoin -n __nsjoin_in_program -a '(__nsjoin_complete_program)'
complete -c nsjoin -n __nsjoin_in_options -s t -l target -x -a '(__nsjoin_targets)' -d 'process or container, see TARGET'
complete -c nsjoin -n __nsjoin_in_options -l host-root -x -a '(__fish_complete_directories)' -d 'where the host\'s tree is seen'
complete -c nsjoin -n __nsjoin_in_options -s a -l all -d 'all that differ from yours'
complete -c nsjoin -n __nsjoin_in_options -s m -l mount -F -d 'mounts: the files'
complete -c nsjoin -n __nsjoin_in_options -s u -l uts -F -d 'hostname'
complete -c nsjoin -n __nsjoin_in_options -s i -l ipc -F -d 'System V IPC and POSIX message queues'
complete -c nsjoin -n __nsjoin_in_options -s n -l net -F -d 'network'
complete -c nsjoin -n __nsjoin_in_options -s p -l pid -F -d 'processes'
complete -c nsjoin -n __nsjoin_in_options -s U -l user -F -d 'users and groups'
complete -c nsjoin -n __nsjoin_in_options -s C -l cgroup -F -d 'the view of the cgroups'
complete -c nsjoin -n __nsjoin_in_options -s T -l time -F -d 'monotonic and boot clocks'
complete -c nsjoin -n __nsjoin_in_options -s N -l net-socket -x -d 'network of the target\'s socket FD'
complete -c nsjoin -n __nsjoin_in_options -l user-parent -d 'parent of the user namespace'
complete -c nsjoin -n __nsjoin_in_options -s S -l setuid -x -a '(__fish_complete_users) follow' -d 'user id or name, or follow for the target\'s'
complete -c nsjoin -n __nsjoin_in_options -s G -l setgid -x -a '(__fish_complete_groups) follow' -d 'group id or name, or follow for the target\'s'
complete -c nsjoin -n __nsjoin_in_options -l preserve-credentials -d 'keep uid, gid and groups in a user namespace'
complete -c nsjoin -n __nsjoin_in_options -l keep-caps -d 'keep capabilities in a user namespace'
complete -c nsjoin -n __nsjoin_in_options -s r -l root -a '(__fish_complete_directories)' -d 'root directory: the target\'s, or DIR'
complete -c nsjoin -n __nsjoin_in_options -s w -l wd -a '(__fish_complete_directories)' -d 'working directory: the target\'s, or DIR'
complete -c nsjoin -n __nsjoin_in_options -s W -l wdns -x -d 'working directory, opened after joining'
complete -c nsjoin -n __nsjoin_in_options -s e -l env -d 'the target\'s environment'
complete -c nsjoin -n __nsjoin_in_options -s c -l join-cgroup -d 'be counted and limited with the target'
complete -c nsjoin -n __nsjoin_in_options -s Z -l follow-context -d 'the target\'s SELinux or AppArmor label'
complete -c nsjoin -n __nsjoin_in_options -s F -l no-fork -d 'execute without forking'
complete -c nsjoin -n __nsjoin_in_options -s H -l host-tools -d 'your programs, for targets without any'
complete -c nsjoin -n __nsjoin_in_options -l view -x -a 'target host' -d 'with -H: what / is, target or host'
complete -c nsjoin -n __nsjoin_in_options -l tools-from -x -a '(__fish_complete_directories)' -d 'with -H: take programs from there; repeatable'
complete -c nsjoin -n __nsjoin_in_options -s R -l remount -a '(__nsjoin_list proc sys etc)' -d 'without -m: the target\'s proc, sys and etc'
complete -c nsjoin -n __nsjoin_in_options -s X -l host-exe -d 'PROGRAM is your static file, not the target\'s'
complete -c nsjoin -n __nsjoin_in_options -l privileged -d 'keep your privileges (no namespace option)'
complete -c nsjoin -n __nsjoin_in_options -l as-target -a '(__nsjoin_list ids caps nnp seccomp lsm cgroup env cwd rlimits oom)' -d 'take the target\'s limits: all, or LIST'
complete -c nsjoin -n __nsjoin_in_options -l shell -d 'start a shell: the one at PATH'
complete -c nsjoin -n __nsjoin_in_options -l pty -a 'auto always never' -d 'a terminal of its own: auto, always or never'
complete -c nsjoin -n __nsjoin_in_options -l stdio -x -a 'relay pass' -d 'relay or pass your standard streams'
complete -c nsjoin -n __nsjoin_in_options -l keep-fd -x -d 'let PROGRAM have descriptor N; may be repeated'
complete -c nsjoin -n __nsjoin_in_options -l dry-run -d 'print what would be done, change nothing'
complete -c nsjoin -n __nsjoin_in_options -l json -d 'with --dry-run: for programs'
complete -c nsjoin -n __nsjoin_in_options -l errors -x -a 'text json' -d 'how errors are written: text or json'
complete -c nsjoin -n __nsjoin_in_options -s v -l verbose -d 'say what is done; -vv: every step'
complete -c nsjoin -n __nsjoin_in_options -s q -l quiet -d 'no notes, errors only'
complete -c nsjoin -n __nsjoin_in_options -s h -l help -d 'print this help'
complete -c nsjoin -n __nsjoin_in_options -s V -l version -d 'print the version'
complete -c nsjoin -n '__nsjoin_after ps' -s a -l all -d 'processes in namespaces of their own, too'
complete -c nsjoin -n '__nsjoin_after ps' -s o -l output -x -a '(__nsjoin_list TARGET PID NAMESPACES USER NAME COMMAND AGE CGROUP COMM ID IMAGE NOTE ROOT RUNTIME UID MNTNS UTSNS IPCNS NETNS PIDNS CGROUPNS USERNS TIMENS)' -d 'these columns; +COLUMNS: besides the usual'
complete -c nsjoin -n '__nsjoin_after inspect' -s o -l output -x -a 'target runtime id name image part-of pid pid-inside started command root upper shell uid gid user groups caps seccomp no-new-privs label rlimits nice oom-score-adj umask cwd cgroup memory cpus pids mntns utsns ipcns netns pidns cgroupns userns timens' -d 'the bare value of one field'
complete -c nsjoin -n '__nsjoin_after ps' -s q -l quiet -d 'TARGET alone, one in each line'
complete -c nsjoin -n '__nsjoin_after ps' -l noheadings -d 'no headings and no summary'
complete -c nsjoin -n '__nsjoin_after ps' -l tree -d 'what is inside of what'
complete -c nsjoin -n '__nsjoin_after ps inspect' -l json -d 'for programs'
complete -c nsjoin -n '__nsjoin_after ps inspect' -l color -x -a 'auto always never' -d 'auto, always or never'
complete -c nsjoin -n '__nsjoin_after ps inspect' -l host-root -x -a '(__fish_complete_directories)' -d 'where the host\'s tree is seen'
complete -c nsjoin -n '__nsjoin_after ps inspect' -l errors -x -a 'text json' -d 'how errors are written: text or json'
complete -c nsjoin -n '__nsjoin_after ps inspect' -s v -l verbose -d 'say what was not there'
complete -c nsjoin -n '__nsjoin_after ps inspect' -s h -l help -d 'print this help'
