/** A self-signed certificate for 127.0.0.1 and localhost, valid for a hundred years, with its key; for tests on loopback alone. */
export const selfSigned = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9R+QxdmjvVG1p5Cl
sd68ANR1fwEnCddh4OcyFjvN9q2hRANCAARHk0z95br6hjF5Cxv83/xd/DgjnG/G
UJhVqVHoBc8WycyXvn73J78oet/piWfn06h8XdXMADvzbh2OwTocGfPl
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUeqSXvVy7HjpOJpGscLl8JBwBY+cwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNTAwNDcwNloYDzIxMjYxMTAx
MDA0NzA2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARHk0z95br6hjF5Cxv83/xd/DgjnG/GUJhVqVHoBc8WycyXvn73J78o
et/piWfn06h8XdXMADvzbh2OwTocGfPlo28wbTAdBgNVHQ4EFgQU6bjmZWnvbuep
ACQ4XXbLoim0YrUwHwYDVR0jBBgwFoAU6bjmZWnvbuepACQ4XXbLoim0YrUwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwCgYIKoZI
zj0EAwIDSQAwRgIhALhOXaT0a0n0F8d9Nb8+scONxWi0u2TvRJJwPB3qg9ypAiEA
xN9G4mU6VpPxFH0X8fvMnViHN8OKycu7JgWrlSRSQyM=
-----END CERTIFICATE-----
`,
};
