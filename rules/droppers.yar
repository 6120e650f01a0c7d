rule worm_kinsing
{
  meta:
    title = "Kinsing or what it drops"
    severity = "critical"
  strings:
    $a = "kinsing" fullword
    $b = "kdevtmpfsi"
    $c = "masscan"
    $d = "redis_brute"
  condition:
    filesize < 40MB and (uint32(0) == 0x464c457f or uint16(0) == 0x2123) and $a and 1 of ($b, $c, $d)
}

rule worm_script_container
{
  meta:
    title = "Script that spreads over container platforms"
    severity = "critical"
  strings:
    $docker = /:2375\/(v1\.[0-9]{2}\/)?containers\/create/
    $kubelet = /:10250\/run\//
    $scan1 = "masscan"
    $scan2 = "zgrab"
    $scan3 = "pnscan"
  condition:
    filesize < 1MB and uint32(0) != 0x464c457f and any of ($docker, $kubelet) and any of ($scan*)
}

rule dropper_script
{
  meta:
    title = "Script that fetches, starts and hides a program"
    severity = "high"
  strings:
    $get = /(curl|wget)\s[^\n]{0,120}https?:\/\/([0-9]{1,3}\.){3}[0-9]{1,3}/
    $run = /chmod\s+(\+x|[0-7]?7[0-7]{2})\s+[^\n]{0,20}\/(tmp|dev\/shm|var\/tmp)\//
    $hide1 = "history -c"
    $hide2 = "chattr +i"
    $hide3 = "unset HISTFILE"
    $hide4 = "setenforce 0"
    $hide5 = "crontab -"
  condition:
    filesize < 1MB and uint32(0) != 0x464c457f and $get and $run and 1 of ($hide*)
}

rule dropper_memory
{
  meta:
    title = "Program that runs another from memory after fetching it"
    severity = "high"
  strings:
    $memory = "memfd_create"
    $exec1 = "fexecve"
    $exec2 = "/proc/self/fd/%d"
    $get = /https?:\/\/([0-9]{1,3}\.){3}[0-9]{1,3}[:\/]/
  condition:
    uint32(0) == 0x464c457f and filesize < 2MB and $memory and any of ($exec*) and $get
}

rule bot_mirai
{
  meta:
    title = "Bot of the Mirai family"
    severity = "critical"
  strings:
    $a = "/bin/busybox MIRAI" nocase
    $b = "/bin/busybox ECCHI"
    $c = "TSource Engine Query"
    $d = "/proc/net/tcp"
    $e = "/dev/watchdog"
    $f = "HNAP1"
  condition:
    uint32(0) == 0x464c457f and filesize < 2MB and (1 of ($a, $b) or ($c and 2 of ($d, $e, $f)))
}

rule credential_stealer_cloud
{
  meta:
    title = "Script that collects cloud credentials and sends them away"
    severity = "critical"
  strings:
    $metadata = "169.254.169.254/latest/meta-data/iam/security-credentials"
    $aws = ".aws/credentials"
    $kube = ".kube/config"
    $docker = ".docker/config.json"
    $send = /curl\s[^\n]{0,80}(-F|-T|--upload-file|--data-binary\s+@|-d\s+@)[^\n]{0,120}https?:\/\//
  condition:
    filesize < 500KB and uint32(0) != 0x464c457f and $send and 2 of ($metadata, $aws, $kube, $docker)
}

rule dropper_encoded
{
  meta:
    title = "Decodes a script that it carries and runs it"
    severity = "high"
  strings:
    $shell = /[A-Za-z0-9+\/=]{60}["']?\s{0,4}\|\s{0,4}base64\s{1,4}(-d|-D|--decode)\s{0,4}\|\s{0,4}(sudo\s{1,4})?(\/bin\/|\/usr\/bin\/)?(ba|da|z)?sh\b/
    $python = /exec\(\s?(__import__\(["']base64["']\)|base64)\.b64decode\(\s?b?["'][A-Za-z0-9+\/=]{80}/
  condition:
    filesize < 4MB and uint32(0) != 0x464c457f and any of them
}

rule dropper_python
{
  meta:
    title = "Python that fetches code from a bare address and runs it"
    severity = "high"
  strings:
    $run = /exec\(\s?(urllib\.request\.urlopen|urllib2\.urlopen|urlopen|requests\.get)\(\s?["']https?:\/\/([0-9]{1,3}\.){3}[0-9]{1,3}[:\/]/
  condition:
    filesize < 1MB and uint32(0) != 0x464c457f and $run
}
