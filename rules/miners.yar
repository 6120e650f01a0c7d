rule miner_program
{
  meta:
    title = "Program that mines coins"
    severity = "critical"
  strings:
    $pool1 = "stratum+tcp://"
    $pool2 = "stratum+ssl://"
    $word1 = "donate-level"
    $word2 = /[cC]rypto[nN]ight/
    $word3 = /[rR]andom[xX]/
    $word4 = "mining.subscribe"
    $word5 = /[nN]ice[hH]ash/
    $word6 = "--cpu-max-threads-hint"
  condition:
    uint32(0) == 0x464c457f and any of ($pool*) and 2 of ($word*)
}

rule miner_xmrig
{
  meta:
    title = "XMRig"
    severity = "critical"
  strings:
    $a = /xmrig|XMRig/
    $b = "huge-pages-jit"
    $c = "rig-id"
    $d = "donate-over-proxy"
  condition:
    uint32(0) == 0x464c457f and $a and 2 of ($b, $c, $d)
}

rule miner_configuration
{
  meta:
    title = "Configuration of a miner"
    severity = "high"
  strings:
    $a = "\"donate-level\""
    $b = "\"pools\""
    $c = "\"rig-id\""
    $d = "\"randomx\""
  condition:
    filesize < 200KB and uint8(0) == 0x7b and $a and 2 of ($b, $c, $d)
}

rule miner_ethash
{
  meta:
    title = "Program that mines Ethereum-like coins"
    severity = "high"
  strings:
    $a = /[eE]thash/
    $b = "eth_submitWork"
    $c = "eth_getWork"
    $d = "--farm-recheck"
    $e = "stratum1+tcp://"
  condition:
    uint32(0) == 0x464c457f and $a and ($d or $e) and ($b or $c)
}
