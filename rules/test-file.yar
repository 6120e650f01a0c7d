rule eicar_test_file
{
  meta:
    title = "EICAR test file"
    severity = "high"
  strings:
    $start = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"
    $end = "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
  condition:
    filesize < 200 and $start at 0 and $end
}
