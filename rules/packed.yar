rule packed_upx
{
  meta:
    title = "Program packed with UPX"
    severity = "medium"
  strings:
    $mark = "UPX!"
    $info = "$Info: This file is packed with the UPX executable packer"
  condition:
    uint32(0) == 0x464c457f and ($info or $mark in (0 .. 1024))
}

rule elf_tiny_loader
{
  meta:
    title = "ELF program of a few hundred bytes without sections: the first stage of an attack"
    severity = "high"
  condition:
    uint32(0) == 0x464c457f and filesize < 1KB and filesize > 84 and
    ((uint8(4) == 2 and uint16(60) == 0 and uint16(56) == 1 and uint32(68) == 7) or
     (uint8(4) == 1 and uint16(48) == 0 and uint16(44) == 1 and uint32(76) == 7))
}
