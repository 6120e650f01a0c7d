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

rule elf_writable_code
{
  meta:
    title = "ELF program without sections whose code writes itself: packed by other means than UPX"
    severity = "high"
  condition:
    uint32(0) == 0x464c457f and filesize >= 1KB and filesize < 40MB and
    ((uint8(4) == 2 and uint8(5) == 1 and uint16(60) == 0 and uint16(56) <= 16 and uint32(32) < 4096 and
      for any i in (0 .. 15) : (i < uint16(56) and uint32(uint32(32) + i * 56) == 1 and uint32(uint32(32) + i * 56 + 4) == 7)) or
     (uint8(4) == 1 and uint8(5) == 1 and uint16(48) == 0 and uint16(44) <= 16 and uint32(28) < 4096 and
      for any i in (0 .. 15) : (i < uint16(44) and uint32(uint32(28) + i * 32) == 1 and uint32(uint32(28) + i * 32 + 24) == 7)))
}
