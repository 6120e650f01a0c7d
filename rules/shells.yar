rule reverse_shell_bash
{
  meta:
    title = "Reverse shell over /dev/tcp"
    severity = "critical"
  strings:
    $a = /(ba|z)?sh\s+-i\s{0,4}[0-9]?>&\s{0,4}\/dev\/(tcp|udp)\/[0-9A-Za-z.-]{4,64}\/[0-9]{2,5}/
    $b = /exec\s+[0-9]{1,3}<>\s{0,4}\/dev\/tcp\/[0-9A-Za-z.-]{4,64}\/[0-9]{2,5}/
  condition:
    filesize < 2MB and uint32(0) != 0x464c457f and any of them
}

rule reverse_shell_python
{
  meta:
    title = "Reverse shell in Python"
    severity = "critical"
  strings:
    $a = /os\.dup2\([a-z]{1,3}\.fileno\(\),\s?[012]\)/
    $b = "socket.SOCK_STREAM"
    $c = /subprocess\.(call|Popen|run)\(\[\s?["']\/bin\/(ba|da|z)?sh["']/
    $d = "pty.spawn("
  condition:
    filesize < 200KB and $a and $b and ($c or $d)
}

rule reverse_shell_program
{
  meta:
    title = "Small program that gives a shell to a connection"
    severity = "high"
  strings:
    $dup = "dup2"
    $connect = "connect"
    $inet = "inet_addr"
    $exec = "execve"
    $shell = "/bin/sh"
  condition:
    uint32(0) == 0x464c457f and filesize < 40KB and $dup and $connect and $inet and $exec and $shell
}

rule meterpreter_linux
{
  meta:
    title = "Meterpreter for Linux"
    severity = "critical"
  strings:
    $a = "core_negotiate_tlv_encryption"
    $b = "stdapi_fs_"
    $c = "meterpreter"
    $d = "mettle"
  condition:
    uint32(0) == 0x464c457f and filesize < 20MB and $a and 1 of ($b, $c, $d)
}

rule web_shell_php_request
{
  meta:
    title = "Web shell: runs what a request brings"
    severity = "critical"
  strings:
    $tag = "<?"
    $a = /(eval|assert|system|exec|shell_exec|passthru|popen|proc_open)\s{0,4}\(\s{0,4}@?((base64_decode|gzinflate|str_rot13|stripslashes|trim)\s{0,4}\(\s{0,4}){0,3}\$_(GET|POST|REQUEST|COOKIE)\s{0,4}\[/
    $b = /\$_(GET|POST|REQUEST|COOKIE)\[[^\]]{1,40}\]\s{0,2}\(\s{0,2}\$_(GET|POST|REQUEST|COOKIE)\[/
  condition:
    filesize < 2MB and $tag and ($a or $b)
}

rule web_shell_php_obfuscated
{
  meta:
    title = "PHP that unpacks and runs itself"
    severity = "high"
  strings:
    $tag = "<?php"
    $a = /eval\s{0,4}\(\s{0,4}(gzinflate|gzuncompress|str_rot13)\s{0,4}\(\s{0,4}(base64_decode|str_rot13|strrev)\s{0,4}\(/
    $b = /eval\s{0,4}\(\s{0,4}base64_decode\s{0,4}\(\s{0,4}["'][A-Za-z0-9+\/=]{100}/
  condition:
    filesize < 4MB and $tag and ($a or $b)
}

rule web_shell_jsp
{
  meta:
    title = "Web shell in Java server pages"
    severity = "critical"
  strings:
    $tag = "<%"
    $exec = /(getRuntime\(\)\.exec|new\s+ProcessBuilder)\s{0,4}\([^;]{0,80}request\.getParameter/
  condition:
    filesize < 1MB and $tag and $exec
}

rule reverse_shell_netcat
{
  meta:
    title = "Reverse shell through netcat or a named pipe"
    severity = "critical"
  strings:
    $exec = /\bn(c|cat)\s[^\n|;]{0,60}\s?(-[a-z]{0,4}e|--exec)\s{1,4}["']?\/bin\/(ba|da|z)?sh\b/
    $pipe = /mk(fifo|nod)\s[^\n]{1,80}\bsh\s{1,4}-i\b[^\n]{0,60}\|\s{0,4}(nc|ncat|telnet|openssl\s{1,4}s_client)\s/
    $address = /([0-9]{1,3}\.){3}[0-9]{1,3}[: ][0-9]{2,5}/
  condition:
    filesize < 1MB and uint32(0) != 0x464c457f and any of ($exec, $pipe) and $address
}

rule reverse_shell_perl
{
  meta:
    title = "Reverse shell in Perl"
    severity = "critical"
  strings:
    $socket = "use Socket"
    $stdin = /open\(\s?STDIN\s?,\s?["'][<>]&/
    $exec = /exec\s?[({]?\s?["']\/bin\/(ba|da|z)?sh\s{1,4}-i/
  condition:
    filesize < 200KB and all of them
}

rule reverse_shell_php
{
  meta:
    title = "Reverse shell in PHP"
    severity = "critical"
  strings:
    $socket = /fsockopen\s?\(/
    $exec = /(exec|shell_exec|system|passthru|popen|proc_open)\s?\(\s?["'`][^\n"'`]{0,40}sh\s{1,4}(-i\s{0,4})?<&/
    $open = /proc_open\s?\(\s?["'](\/bin\/)?(ba|da|z)?sh(\s-i)?["']/
  condition:
    filesize < 200KB and $socket and any of ($exec, $open)
}

rule reverse_shell_node
{
  meta:
    title = "Reverse shell in JavaScript"
    severity = "critical"
  strings:
    $shell = /spawn\(\s?["'](\/bin\/)?(ba|da|z)?sh["']/
    $in = /\.pipe\(\s?[A-Za-z_$][A-Za-z0-9_$]{0,20}\.stdin\s?\)/
    $out = /\.stdout\.pipe\(\s?[A-Za-z_$]/
    $net = /require\(\s?["'](node:)?net["']\s?\)/
  condition:
    filesize < 200KB and all of them
}

rule web_shell_asp
{
  meta:
    title = "Web shell in ASP"
    severity = "critical"
  strings:
    $tag = "<%"
    $run = /\b(eval|execute|executeglobal)\s{0,4}\(?\s{0,4}Request(\.(Item|Form|QueryString))?\s{0,2}[\[(]\s{0,2}["']/ nocase
  condition:
    filesize < 1MB and $tag and $run
}
