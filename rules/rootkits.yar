rule rootkit_preload_library
{
  meta:
    title = "Library that hides files or processes from those who list them"
    severity = "critical"
  strings:
    $readdir = "readdir64"
    $next = "dlsym"
    $proc = "/proc/self/fd/%d"
    $status = "/proc/%s/stat"
    $preload = "ld.so.preload"
  condition:
    uint32(0) == 0x464c457f and filesize < 400KB and $readdir and $next and (($proc and $status) or $preload)
}

rule rootkit_named
{
  meta:
    title = "Known preload rootkit"
    severity = "critical"
  strings:
    $a = "libprocesshider"
    $b = "bedevil" fullword
    $c = "azazel" fullword
    $d = "jynx" fullword
    $e = "vlany" fullword
    $f = "beurk" fullword
    $hook = "ld.so.preload"
    $get = "pam_authenticate"
  condition:
    uint32(0) == 0x464c457f and filesize < 5MB and any of ($a, $b, $c, $d, $e, $f) and any of ($hook, $get)
}

rule rootkit_kernel_module
{
  meta:
    title = "Kernel module that hides itself"
    severity = "critical"
  strings:
    $module = "vermagic="
    $diamorphine = "diamorphine_"
    $reptile = "reptile_"
    $suterusu = "suterusu"
    $hide1 = "hide_module"
    $hide2 = "hide_pid"
    $hook1 = "getdents64"
    $hook2 = "kallsyms_lookup_name"
  condition:
    uint32(0) == 0x464c457f and filesize < 10MB and $module and (any of ($diamorphine, $reptile, $suterusu) or (1 of ($hide*) and 1 of ($hook*)))
}

rule rootkit_bpf
{
  meta:
    title = "BPF program that hides files or processes from those who list them"
    severity = "critical"
  strings:
    $enter = /t(p|racepoint)\/syscalls\/sys_enter_getdents64/
    $exit = /t(p|racepoint)\/syscalls\/sys_exit_getdents64/
    $hide1 = "pid_to_hide"
    $hide2 = "hide_pid"
    $hide3 = "hidden_pid"
    $hide4 = "file_to_hide"
  condition:
    uint32(0) == 0x464c457f and filesize < 40MB and $enter and $exit and any of ($hide*)
}
