import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { AppError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { bytesSource } from "./byte-source.ts";
import { decompress } from "./compression.ts";
import { archiveOf, fixtureConfig, fixtureLayer, json, LayoutFixture } from "./image-archive/archive-fixture.ts";
import { openImageArchive } from "./image-archive/image-archive.ts";
import { type LayerEntry, LayerTree } from "./layer-tree.ts";
import { type FixtureEntry, padded, sealHeader, tarOf } from "./tar/tar-fixture.ts";
import { readTar, readTarSource } from "./tar.ts";

/** The numbers 1 to 3,000 (zstd 1.5) and 1 to 600 (xz 5.8), a line each. */
const zstdNumbers = new Uint8Array(
  Buffer.from(
    "KLUv/QRQBbcAavn2Tgmw6yRJiHBSmHXuBO4E4ARw9VltVpfVZPVYLVaH1bWaVoPVV7VVXVVT1VO1VB1Vt2pWDVUf1UZ1UU1UD9VCdVBdqkk1UH1T29Q1NU09U8vUMXWn5tQw9UltUpfUJPVILVKH1JWaUoPUF7VFXVFT1BO1RB1RN2pGDVFfa2tdran1tJbW0bqt2RpaH2tjXayJ9bAW1sG6rMkaWB/UBnVBTVAP1AJ1QF2oCTVAfUfb0XU0HT1Hy9FxdI/m0XD0GW1Gl9Fk9BgtRofRNZpGg9FXtBVdRVPRU7QUHUW3aBYNRR/RRnQRTUQP0UJ0EF2iSTQQfUPb0DU0DT1Dy9AxdIfm0DD0CW1Cl9Ak9AgtQofQFZpCg9AXtAVdQVPQE7QEHUE3aAYNQV9pK12lqfSUltJRuqVZGkofaSNdpIn0kBbSQbqkSRpIH9AGdAFNQA/QAnQAXaAJNAB9N9vNdTPdPDfLzXFzb+bNcPPZbDaXzWTz2Cw2h821mTaDzVez1Vw1U81Ts9QcNbdm1gw1H81Gc9FMNA/NQnPQXJpJM9B8M9vMNTPNPDPLzDFzZ+bMMPPJbDKXzCTzyCwyh8yVmTKDzBezxVwxU8wTs8QcMTdmxgwxX2frXJ2p83SWztG5ndkZOh9n41ycifNwFs7BuZzJGTgfzAZzwUwwD8wCc8BcmAkzwHwn28l1Mp08J8vJcXJP5slw8plsJpfJZPKYLCaHyTWZJoPJV7KVXCVTyVOylBwlt2SWDCUfyUZykUwkD8lCcpBckkkykHwj28g1Mo08I8vIMXJH5sgw8olsIpfIJPKILCKHyBWZIoPIF7KFXCFTyBOyhBwhN2SGDCFfZatclanyVJbKUbmVWRkqH2WjXJSJ8lAWykG5lEkZKB/IBnKBTCAPyAJygFyQCTKAfBfbxXUxXTwXy8VxcS/mxXDxWWwWl8Vk8VgsFofFtZgWg8VXsVVcFVPFU7FUHBW3YlYMFR/FRnFRTBQPxUJxUFyKSTFQfBPbxDUxTTwTy8QxcSfmxDDxSWwSl8Qk8UgsEofElZgSg8QXsUVcEVPEE7FEHBE3YkYMEV9ja1yNqfE0lsbRuI3ZGBofY2NcjInxMBbGwbiMyRgYH8QGcUFMEA/EAnFAXIgJMUB81+16Xafrc12ux/Ve53W4ftbNelkn62NdrIf1Wqd1sH7VrXpVp+pTXapH9VZndah+1I16USfqQ12oB/VSJ3WgftNtek2n6TNdpsf0Tud0mH7STXpJJ+kjXaSH9EqndJB+0S16RafoE12iR/RGZ3SIfu3WXu3UPu3SHu1tZzu0H7uxFzuxD7uwB3vZyQ7sB92gF3SCPtAFekAvdEIH6HfcjtdxOj7H5Xgc73Eeh+Nn3IyXcTI+xsV4GK9xGgfjV9yKV3EqPsWleBRvcRaH4kfciBdxIj7EhXgQL3ESB+I33IbXcBo+w2V4DO9wDofhJ9yEl3ASPsJFeAivcAoH4RfcgldwCj7BJXgEb3AGh+BXbuVVTuVTLuVR3nKWQ/mRG3mRE/mQC3mQl5z8gBvwAk7AB7gAD+AFTuAA/G6766Z7brnj7s0b7rPNLpvsscUOuzZtsK+2umqqp5Y66tasoT7a6KKJHlrooEuTBvpmm2umeWaZY+7MGeaTTS6Z5JFFDrkyZZAvtrhiiieWOOLGjCG+br069enSo7ezQz9uvDjx4cKDl5MDv+2anuW4MzyAeIE4gTjc8LrhdMPnhssNjxveG84bDjf8bLjZ8LLhZMPHhosNDxteG04bDjb8arjV8KrhU8OlhkcNbw1nDYcafjTcaHjRcKLhQsODhpeGk4YDDb8ZPsNNhpcMJxk+MlxkeGU4ZTjI8IvhFsMrhlMMnxguMTxiOGM4xPDrcOvw6nDq8Olw6fDo8HY4dPhxuHF4cThx+HB4cHg5nBx+MNxgeMFwguEDwwWGBwwvDCcMhxNeJ5xO+JxwOeFxwnvCecLhhJ8JNxNeJpxM+JhwMeFhwmvCacLBhF8JtxJeJXxKuJTwKOEt4SzhUMKPhBsJLxJOJFxIeJDwknCScCDhN8JthNcIpxE+IzxGeEc4RziM8BPhItxCeIVwCuETwiWERwhnCIcQfhVuFV4VThU+FS4VHhXeCocKPwo3Ci8KJwofChcKL4WTwg+EGwgvEE4gfEC4gPAA4QXhBOFwweuC0wWfCy4XPC54LzgvOFzws+BmwcuCkwUfCy4WPCx4LTgtOFjwq+BWwauCTwWXCh4VvBWcFRwq+FFwo+BFwYmCCwUPCl4KTgoOFPwmuE3wmuA0wWeCxwTvBOcEhwl+EtwkeElwkuAjwUWCV4JTgoMEvwgewa3Bq8GpwafBpcGjwdvg0ODH4MbgxeDE4MPgwuDB4GTwg+AGwQuCEwQfCC4QPCB4ITghOFx5XTld+Vy5XHlcea+cVw5XflZuVk5WPlYuVh5WXiunlYOVX5VblVeVT5VLlUeVt8pZ5VDlR+VG5UXlROVC5UHlpXJSOVD5TblNeU05TflMeUx5p5xTDlN+Um5SXlJOUj5SLlJeKaeUg5RflFuUV5RTlE+US5RHlDPKIcqv5S03lhfLieXDcmF5sLwsJ8sPyg3KC8oJygfKBcoDygvlhHI4cjLyIyc3IC8gJyAfIBcgDyAvkBPIAcjvgNsBrwNOB3wOuBzwOOA94DzgcMDPgJsBLwNOBnwMuBjwMOA14DTgYMCvgFsBrwJOBXwKuBTwKOAt4CzgUMCPgBsBLwJOBHwIuBDwIOAl4CTgQMBvgNsArwFOA3wGuAzwGOAd4BzgMMBPgJsALwFOAnwEuAjwEOAV4BTgIMAvgFsArwBOAXwCuATwCOAN4AzgEMCvwK3Aq8CpwKfApcCjwFvgLHAo8CNwI/AicCLwIXAh8CDwEjgJHAj8AHgBcALgA8AFgAcALwAnAAcAfnfb3XU33T13y91xd+/m3XD32W12l91k99gtdofdtZt2g91Xt9VddVPdU7fUHXW3btYNdR/dRnfRTXQP3UJ30F26STfQfXPb3DU3zT1zy9wxd+fm3DD3yW1yl9wk98gtcofclZtyg9wXt8VdcVPcE7fEHXE3bsYNcV9v6129qff0lt7Ru73ZG3ofb+NdvIn38Bbewbu8yRt4H9wGd8FNcA/cAnfAXbgJN8B9Z9vZdTadPWfL2XF2z+bZcPaZbWaX2WT2mC1mh9k1m2aD2Ve2lV1lU9lTtpQdZbdslg1lH9lGdpFNZA/ZQnaQXbJJNpB9Y9vYNTaNPWPL2DF2x+bYMPaJbWKX2CT2iC1ih9gVm2KD2Be2hV1hU9gTtoQdYTdshg1hX22rXbWp9tSW2lG7tVkbah9to120ifbQFtpBu7RJG2gf2AZ2gU1gD9gCdoBdsAk2gH1X29V1NV09V8vVcXWv5tUBEr0kOkn0kegi0SvRKdFBol9Et4heEZ0i+kR0iegRnREdIvo1ujV6NTo1+jS6NHo0ehsdGv0Y3Ri9GJ0YfRhdGD0YvYxORj+IbhC9IDpB9IHoAtEDoheiE6LDtde107XLtce189rh2s3aydrH2sXaa+209qt2q/aq9qn2qPZWO1T7UXtRO1G7UHtQO6kdqN2mvaZ9pr3Tzmk/aTdpJ2kfaRdpr7SDtFs7tUt7O7QL2+3Y69jp2OfY5djj2HvsPHY49jN2M/YydjL2MXYx9jD2GjuNHYz9it2KvYp9il2KPYq9xc5ih2I/YjdiL2InYhdiD2IvsZPYgdhv2G3Ya9hp2GfYY9g77Bx2GPYTdhP2EnYS9hF2EfYKO4UdhP2C3YK9gp2CfYJdgj2CncEOwX5lt7JX2ansU3Ype5S9ZT+yG9mL7ET2IbuQPchespP9gN2AvYCdgH2AXYA9gL3ATmCHg24HvQ46HfQ56HLQ46D3oPOgw0E/g24GnQz6GHQx6GHQa9Bp0MGgX0G3gl4FfQq6FPQo6C3oLOhQ0I+gG0Evgk4EXQh6EPQSdBJ0IOg30G2g10CngT4DPQZ6BzoHOgz0E+gm0Eugk0AfgS4CvQKdAh0E+gV0C+gV0CmgT0CXgB4BnQEdAvoVuhV6FToV+hS6FHoUegsdCt0IvQidCH0IXQg9CL2ETkI/gG4AvQA6AfQB6ALQA6AXoBOgw/G643TH547LHY873jvOOw53/Oy42fGy42THx46LHQ87XjtOOw52/Oq41fGq41PHpY5HHW8dZx2HOn503Oh40XGi40LHg46XjpOOAx2/OW5zvOY4zfGZ4zHHO8c5x2GOnxw3OV5ynOT4yHGR45XjlOMgxy+OWxyvOE5xfOK4xPGI44zjEMevx63Hq8epx6fHpcejx9vj0OPH48XjxOPD48LjwePlcfL4wXGD4wXHCY4PHBc4HnC8cJxwHM54nXE643PG5YzHGe8Z5xmHM35m3Mx4mXEy42PGxYyHGa8ZpxkHM35l3Mp4lfEp41LGo4y3jLOMQxk/Mm5kvMg4kXEh40HGS8ZJxoGM3xi3MV5jnMb4jPEY4x3jHOMwxk+MmxgvMU5ifMS4iPGKcYpxEOMXxi2MVxinMD5hXMJ4hHGGcQjjV+NW41XjVONT41LjUeOtcajxo3GjcaLxoXGh8aDx0jhp/MC4gfEC4wTGB4wLGA8wXjBOMA5XvK44XfG54nLF44r3ivOKwxU/K25WvKw4WfGx4mLFw4rXitOKgxW/Km5VvIobFS8qTlRcqHhQ8VJxUnGg4jfFbYrXFKcpPlM8pninOKc4TPGT4ibFS4qTFB8pLlK8UpxSHKT4RXGL4hXFKYpPFJcoHlGcURyi+LW4tXi1OLX4tLi0eLR4Wxxa/FjcWLxYfFhcWDxYvCxOFj8oblC8oDhB8YHiAsUDiheKE4rDEa8jTkd8jrgc8TjiPeI84nDEz4ibES8jTkZ8jLgY8TDiNeI04mDEr4hbEa8iPkVcingU8RZxFnEo4kfEiXgQcRviNcRpiM8QjyHeIc4hDkP8hLgJ8RLiJMRHiIsQrxCnEAchfkHcgngFcQriE8QliEcQZxCHIH4lbiVeJU4lPiUuJR4l3hKHEj8SNxIvEicSFxIPEi+Jk8QPiBsQLyBOQHyAuAAFA0B8d93uOt31uetx13vX4a6fXTe7Xnad7PrYdbHrYddr12nXwa5fXbe6XnV96rrU9ajrreus61DXj64bXS+6TnR96LrQ9aDrpeuk60DXb67bXK+5TnN95rrM9Zjrneuc6zDXT66bXC+5TnJ95LrI9ZDrleuU6yDXL65bXK+4TnF94rrE9YjrjeuM6xDXr9er16nXp9el16PX2+vsdej143Xj9eJ14vXhdeH14PXyOnn94LrB9YLrBNcHrgtcD7heuE64DnD9zrqd9TrrdNbnrMtZj7Pes86zDmf9zHqZdTLrYtbDrNOsg1m3sl5lncr6lHUp61HWW9ZZ1qGsH1k3sl5kncj6kHUh60HWS9ZJ1oGs31i3sV5jncb6jPUY6x3rHOsw1k+sm1gvsU5ifcS6iPUQ6xXrFOsg1i+sW1ivsE5hfcK6hPUI6w3rDOsQ1q/Wrdap1qfWpdaj1lvrUOtH60brRetE60PrQutB66V10jrQ+oF1A+sF1gmsD1gXsB5gvWCdYB3A+l11u+p11emqz1WXqx5XvVedVx2u+ll1s+pl1cmqj1UXqx5WvVadVh2s+lV1q+pVfaq6VPVWdVb1o+pG1YuqE1UXqh5UvVSdVB2o+k11m+o11Wmqz1SXqR5TvVOdUx2m+kl1k+ol1Umqj1QXqR5SvVKdUh2k+kV1i+oV1SmqT1SXqB5RnVEdovq1urV6tfq0urR6tHpbna0OrX6sbqxerE6sPqwurB6sXlYnqwOrH1Q3qF5QnaD6QHWB6gHVC9UJ1eGo21Gvo05HfY66HPU46j3qPOpw1M+om1Evo05GfYy6GPUw6jXqNOpg1K+oW1Gvoj5FXYp6FPUWdRZ1KOpH1I2oE1Efoh5EvUQdiPoNdRvqNdRpqM9Ql6EeQ71DnUMdhvoJdRPqJdRJqI9QF6FeoU6hDkL9groF9QrqFNQnqEtQj6DeoM6gDkH9St1KvUqdSl1KPUq9pc5Sh1I/UjdSL1InUh9SF1IPUi+pk9QPqBtQL6BOQH2AugD1AOoF6gTqANTvpttNr5tON31uutz0uOm96bzpcNPPpptNJ5s+Nl1setj02nTadLDpV9OtpldNp5o+NV1qetT01nTWdKjpR9ONphdNJ5o+NF1oetD00nTSdKDpN9NrptNMn+kx0znTYaabTC+ZTjJ9ZLrI9JDplemU6SDTL6ZbTK+YTjF9YrrE9IjpjemM6RDTr9Ot06vTqdOn06XTo9Pb6ex06PTjdOP04nTi9OF04fTg9HI6OR04/WC6wfSC6QTTB6YLTA+YXphOmA4w/U66nfQ66XTS56TLSY+T3pPOkw4n/Uy6mfQy6WTSx6SLSQ+TXpNOkw4m/Uq6lfQq6VTSp6RLSY+S3pLOkg4l/Ui6kfQi6UTShaQHSS9JJ0kHkn4j3UZ6jXQa6TPSZaTHSO9I50iHkX4i3UR6ifQR6SK9Ip0i/UK6hfQK6RTSJ6RLSI+QzpAOIf0q3Sq9Kp0qfSpdKj0qvZXOSodKP0o3Si9KJ0ofShdKD0ovpZPSgdIPpBtIL5BOIH1AuoD0AOkF6QTpcNHrotNFn4suFz0uei86Lzpc9LPoZtHJoo9FF4seFr0WnRYdLPpVdKvoVdGnoktFj4reis6KDhX9KLpR9KLoRNGFogdFL0UnRQeKfhPdJnpNdJroM9Fjoneic6LDRD+JbgGBUqiRCSGGECIgigQigYgEIiJMrQERfEKQgH4RxHsB0vrHttiPUzZn5FOVdFLVYCeAWQBs/g/23n9TA7X351OWc6PdfwKHBbjt/u0Iim794rR5IBXyu59sKjisHrCMgLVUAIOsz7UvZl1yDVZ+41P9KyiiMVA/gcp4BqjU1oZSCgiCA/RQBOgDoj69cy46h8vBOaE2KaGmipuZ7BiUgWBeqS4T0RL/Vo4VwabIBkXaTSTvTolHBDYRWUQoy4dkO6ThEKyGbDKkvZBsFpInSpgUspmQ9ghJfCPrDsINshqkDFIY5BeEFuQVpBSkE2QJgosgN30glTaQlF4gVZ9AqAdkBiQFpAhIbIAwgCwA6X/Ef7x/kH98f6T+aP4Yf+D9uP24fiT9OOz8IMIzriSMFGtRZVRM4AR8jxhhOdkKBVHvOkxGAylw4UpPmCiEKNdghRQQxYGVv4uLD+gFEA1VAEZInxL3FJ9fWXgJtvOl/q18cJHzfxxLfXwEu5XSTpFrlZ9OGBovm+MNPMWUOcdXKseGgbXAK/AEJgJ/wBswt4An2TsxXZW5nQAtv2E5NPSItu5URWqqUwJpCNUf9G1QjUFV0E1QCAp7oCfamZwmCl0uDcr8xZo4ZLdxpdoIocP9QYgEGoEtBFYHpAHDgCwgCvglASPbp4J6o+uODEmJ0P3hWupwIqhWqTNeIROFNWElzIuwzoN1MBqsGWxowVC4a8TUelYOxK4eqpUKFYSbrqRSxY5EhygLWkGioCYISxAPQT0QDgShBvqke3RNoajOd0OxG8rQpEBMpVtMVCXlTkpEAgzpQlqIK2QKuRPiRsggBP6DWLzjvhqrAWkQGnwGmkHLQDJwDBYDw0AweH3BLiAXZAtogbNgLHgFtIKrIBVwCi4Fo4BQ8BN0AjbBTHAJqARNgkjAI9gIFgGJ4CEoBAyCAsEfoA/cA3mAO7AOzAHiQG+gDbAGpoEzQBk4BsIAX6AusAXIAq9AFWAKjAJPgCbQEkgCHIFFYAgQBP6AHsAOaHBADSADggEuAAt4BdBAAZQEVHk+Ag6VwRxeqyQdHlAD5zx1hA==",
    "base64",
  ),
);
const xzNumbers = new Uint8Array(
  Buffer.from(
    "/Td6WFoAAATm1rRGBMD4AvQRIQEWAAAAAAAAAK/xLKPgCPMBcF0AGIKCjyJO+KZV9/CZpSUNkEWRWlG0m8qs3AUy7IVSn7FIbe/c6Eu5YbrgnFN/mMipVA78PSrTBtdmRD1WZKbNPdfHH0T0GN8CCz/ixsZ74ed/eUQcebdCrmW4G7UOhOGaggYjOVp/cqpD+qWaH5LAvkVxeUrVk8aQCjmtnGWHKrYaOMfhkxfK0D4J6rBS8BBgJsBeXxCRDbl5eH2XQmDQpjh34SPouyhPiFItdVgmP2b94pzr069h2TV6//tisTx8kxzyZLhNHIUqsVwABjYBSuu8BUjvXGi1PHGBnixs5GcGz4UqdQkZjLwXRA3NPGnGNsSenNLuOzUSPpNSl52R4U1WMV7K5ZaCr0AMhaNJVsiRakA1+RTkVS1RNSRShIAXIC1cA4zB6HotdXpchMTpN/6HGntFxJQA4Bhtn7cnwo/YzCtNgGyoI33GvTjvZ9QR4jCY4/9DIRI9ZaOXYSyn5o+R5xqmS1MjYzBYoHUo2AAAGRKd0qb6w3cAAZQD9BEAAO+y4haxxGf7AgAAAAAEWVo=",
    "base64",
  ),
);

/** Milliseconds that one case may take, a hundred times what it does take. */
const deadline = 30_000;
let cases = 0;
let refused = 0;

/** Numbers from 0 up to but not including 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function below(next: () => number, bound: number): number {
  return Math.floor(next() * bound);
}

function pick<T>(next: () => number, items: readonly T[]): T {
  return items[below(next, items.length)]!;
}

/** Runs a case: it may succeed or be refused with an AppError; it may not wait for ever. */
async function survive(label: string, run: () => Promise<void>): Promise<void> {
  cases += 1;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${label}: hangs`)), deadline);
  });
  try {
    await Promise.race([run(), late]);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw new Error(`${label}: ${String(thrown)}`, { cause: thrown });
    expect(["CORRUPT_INPUT", "LIMIT_EXCEEDED", "UNSUPPORTED"], label).toContain(thrown.code);
    refused += 1;
  } finally {
    clearTimeout(timer);
  }
}

/** Flips bits, cuts, repeats, overwrites and splices. */
function damaged(next: () => number, bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  switch (below(next, 5)) {
    case 0:
      return copy.subarray(0, below(next, copy.length));
    case 1: {
      const at = below(next, copy.length);
      return new Uint8Array(
        Buffer.concat([copy.subarray(0, at), copy.subarray(Math.min(copy.length, at + below(next, 600)))]),
      );
    }
    case 2: {
      const at = below(next, copy.length);
      return new Uint8Array(Buffer.concat([copy.subarray(0, at), copy.subarray(below(next, at + 1))]));
    }
    case 3:
      copy.fill(pick(next, [0, 0xff, 0x30, below(next, 256)]), below(next, copy.length), below(next, copy.length));
      return copy;
    default:
      for (let count = 1 + below(next, 4); count > 0; count--) copy[below(next, copy.length)]! ^= 1 << below(next, 8);
      return copy;
  }
}

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readLayer(source: AsyncIterable<Uint8Array>): Promise<void> {
  const tree = new LayerTree();
  let read = 0;
  for await (const entry of readTar(source, "layer")) {
    expect(entry.path).not.toMatch(/(^|\/)\.\.?(\/|$)|^\/|\0/);
    expect(Number.isSafeInteger(entry.size) && entry.size >= 0).toBe(true);
    if (entry.type === "file" && entry.size < 1 << 20) read += (await entry.bytes(1 << 20)).length;
    tree.add(read % 3, entry);
  }
  for (const { path } of tree.entries()) tree.resolve(path);
}

const sparse: FixtureEntry = {
  name: "GNUSparseFile.1/s",
  content: Buffer.concat([padded(Buffer.from("2\n1000\n5\n1100\n3\n")), Buffer.from("HELLOEND")]),
  pax: [
    ["GNU.sparse.major", "1"],
    ["GNU.sparse.minor", "0"],
    ["GNU.sparse.name", "etc/s"],
    ["GNU.sparse.realsize", "1103"],
  ],
};
const layerEntries: FixtureEntry[] = [
  { name: "./", type: "5" },
  { name: "etc/", type: "5" },
  { name: "etc/passwd", content: "root:x:0:0\n".repeat(80) },
  { name: "etc/link", type: "2", link: "../etc/passwd" },
  { name: "etc/hard", type: "1", link: "etc/passwd" },
  {
    name: "decoy",
    content: "x",
    pax: [
      ["path", "etc/real"],
      ["mtime", "1.5"],
      ["SCHILY.xattr.user.a", "b"],
    ],
  },
  sparse,
  {
    name: "m",
    content: "HELLOEND",
    pax: [
      ["GNU.sparse.size", "1103"],
      ["GNU.sparse.map", "1000,5,1100,3"],
    ],
  },
  { name: "././@LongLink", type: "L", content: `${"long/".repeat(40)}\0` },
  { name: "short", content: "y", magic: "gnu" },
  { name: "etc/.wh.hard" },
  { name: "var/.wh..wh..opq" },
  { name: "dev/null", type: "3" },
];
const layerTar = tarOf(layerEntries);

describe("layers", () => {
  it("damaged anywhere", async () => {
    const next = random(1);
    for (let count = 0; count < 700; count++) {
      const bytes = damaged(next, layerTar);
      await survive(`layer ${count}`, () => readLayer(pieces(bytes, pick(next, [100, 512, 1 << 16]))));
    }
  });

  it("with any header fields under a right checksum", async () => {
    const next = random(2);
    const fields = [
      [0, 100],
      [100, 8],
      [108, 8],
      [124, 12],
      [136, 12],
      [156, 1],
      [157, 100],
      [257, 8],
      [329, 16],
      [345, 155],
      [482, 30],
    ] as const;
    for (let count = 0; count < 500; count++) {
      const bytes = layerTar.slice();
      const headers = below(next, 3) + 1;
      for (let left = headers; left > 0; left--) {
        const block = bytes.subarray(below(next, bytes.length / 512 - 2) * 512).subarray(0, 512);
        const [at, length] = pick(next, fields);
        const value = pick(next, [0, 0x37, 0x80, 0xff, 0x2f, 0x2e, below(next, 256)]);
        if (next() < 0.5) block.fill(value, at, at + length);
        else
          for (let index = 0; index < length; index++)
            block[at + index] = at === 156 ? pick(next, [..."01234567SLKxgDMV"]).charCodeAt(0) : below(next, 256);
        sealHeader(block);
      }
      await survive(`header ${count}`, () => readLayer(pieces(bytes, 1 << 16)));
    }
  });

  it("with any PAX records", async () => {
    const next = random(3);
    const keys = [
      "path",
      "linkpath",
      "size",
      "uid",
      "mtime",
      "GNU.sparse.major",
      "GNU.sparse.minor",
      "GNU.sparse.name",
      "GNU.sparse.realsize",
      "GNU.sparse.size",
      "GNU.sparse.map",
      "GNU.sparse.numblocks",
      "GNU.sparse.offset",
      "GNU.sparse.numbytes",
      "SCHILY.xattr.a",
      "LIBARCHIVE.xattr.%41",
    ];
    const values = [
      "",
      "0",
      "1",
      "-1",
      "9".repeat(19),
      "9007199254740993",
      "1e3",
      "../".repeat(30),
      "/".repeat(99),
      "a\0b",
      "\ud800",
      "0,1",
      "1,".repeat(500),
      "0,9007199254740991",
      "Infinity",
      "x".repeat(40_000),
    ];
    for (let count = 0; count < 300; count++) {
      const pax = Array.from({ length: 1 + below(next, 5) }, () => [pick(next, keys), pick(next, values)] as const);
      const bytes = tarOf([
        { name: "a", content: "2\n0\n1\n1\n1\n".padEnd(700, "z"), pax, type: pick(next, ["0", "2", "1", "g"]) },
        { name: "b" },
      ]);
      await survive(`pax ${count}`, () => readLayer(pieces(bytes, 1 << 16)));
    }
  });
});

describe("compression", () => {
  it.each<[string, Uint8Array, number]>([
    ["gzip", new Uint8Array(gzipSync(layerTar)), 300],
    ["zstd", zstdNumbers, 300],
    ["xz", xzNumbers, 150],
  ])("%s damaged anywhere", async (name, compressed, count) => {
    const next = random(count);
    for (let index = 0; index < count; index++) {
      // The head stays, or most cases would only show that the rest is plain.
      const bytes = Buffer.concat([compressed.subarray(0, 6), damaged(next, compressed.subarray(6))]);
      await survive(`${name} ${index}`, async () => {
        let size = 0;
        const output = decompress(pieces(bytes, pick(next, [7, 100, 1 << 16])), { what: name, maxBytes: 1 << 24 });
        for await (const piece of output) size += piece.length;
        expect(size).toBeLessThanOrEqual(1 << 24);
      });
    }
  });

  it("of a bomb stops at the limit", async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(64 << 20), { level: 9 }), { level: 9 });
    const members = Buffer.concat(Array.from({ length: 20 }, () => gzipSync(Buffer.alloc(16 << 20))));
    for (const bytes of [bomb, members]) {
      let size = 0;
      await survive("bomb", async () => {
        for await (const piece of decompress(pieces(bytes, 1 << 16), { what: "bomb", maxBytes: 32 << 20 }))
          size += piece.length;
      });
      expect(size).toBeLessThanOrEqual(32 << 20);
    }
    expect(limits.compressionRatio).toBeGreaterThan(1032);
  });
});

describe("archives", () => {
  const layer = fixtureLayer({ "etc/passwd": "root", "etc/os-release": "ID=x" });
  const upper = fixtureLayer({ "etc/.wh.passwd": "" }, false);
  const layout = new LayoutFixture();
  const image = layout.addImage([layer, upper]);
  layout.setIndex([layout.addIndex([image])]);
  const documents: Record<string, Uint8Array> = {
    "c.json": fixtureConfig([layer, upper], { history: [{ created_by: "x", empty_layer: true }] }),
    "manifest.json": json([{ Config: "c.json", RepoTags: ["a:b"], Layers: ["l1.tar", "l2.tar"] }]),
    "l1.tar": layer.tar,
    "l2.tar": upper.tar,
  };

  async function readArchive(bytes: Uint8Array): Promise<void> {
    const archive = await openImageArchive(bytesSource("image", bytes));
    for (const { layers } of archive.images) {
      for (const opened of layers) await readLayer(opened.open());
    }
  }

  it("damaged anywhere", async () => {
    const next = random(5);
    const whole = [layout.tar(), archiveOf(documents), new Uint8Array(gzipSync(layout.tar()))];
    for (let count = 0; count < 500; count++) {
      const bytes = damaged(next, pick(next, whole));
      await survive(`archive ${count}`, () => readArchive(bytes));
    }
  });

  it("with any values in their documents", async () => {
    const next = random(6);
    const values = [
      null,
      -1,
      1e308,
      "",
      "../../../etc/passwd",
      "x".repeat(70_000),
      [],
      {},
      [[]],
      true,
      "sha256:zz",
      { a: { b: [1] } },
      "blobs/sha256",
    ];
    const change = (value: unknown): unknown => {
      if (next() < 0.12) return pick(next, values);
      if (Array.isArray(value)) return next() < 0.1 ? [...value, ...value.map(change)] : value.map(change);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [next() < 0.05 ? key.toUpperCase() : key, change(item)]),
      );
    };
    for (let count = 0; count < 400; count++) {
      const base = next() < 0.5 ? documents : { "index.json": layout.files["index.json"]!, ...documents };
      const changed = Object.entries(base).map(([name, bytes]) => [
        name,
        name.endsWith(".json") ? json(change(JSON.parse(Buffer.from(bytes).toString()))) : bytes,
      ]);
      await survive(`document ${count}`, () => readArchive(archiveOf(Object.fromEntries(changed))));
    }
  });

  it("with documents nested as deep as they can be", async () => {
    for (const name of ["manifest.json", "index.json", "repositories"]) {
      const bytes = archiveOf({ [name]: Buffer.from(`${"[".repeat(500_000)}${"]".repeat(500_000)}`) });
      await survive(name, () => readArchive(bytes));
    }
  });
});

describe("trees", () => {
  it("of links in all directions", async () => {
    const next = random(7);
    const names = ["a", "b", "c", "d"];
    const path = () => Array.from({ length: 1 + below(next, 4) }, () => pick(next, names)).join("/");
    for (let count = 0; count < 300; count++) {
      await survive(`tree ${count}`, async () => {
        const tree = new LayerTree();
        for (let index = 0; index < 60; index++) {
          const type = pick(next, ["file", "directory", "symlink", "symlink", "hardlink"] as const);
          const linkPath = type === "symlink" ? pick(next, ["/", "../", "../../../", "./", ""]) + path() : path();
          const name = next() < 0.15 ? path().replace(/[^/]+$/, ".wh.$&") : path();
          const entry: LayerEntry = { path: name, type, size: 0, mode: 0, uid: 0, gid: 0, mtime: 0, linkPath };
          tree.add(Math.floor(index / 20), entry);
        }
        for (const entry of tree.entries()) {
          expect(tree.get(entry.path)).toBe(entry);
          const target = tree.resolve(entry.path);
          if (target) expect(target.type).not.toBe("symlink");
        }
      });
    }
  });

  it("of which a reader asks for everything, from a source too", async () => {
    await survive("source", async () => {
      for await (const entry of readTarSource(bytesSource("t", layerTar))) {
        if (entry.type === "file") await entry.bytes(1 << 20);
      }
    });
  });
});

afterAll(() => {
  expect(cases).toBeGreaterThan(2_000);
  // Most damage must be noticed, or the cases test nothing.
  expect(refused).toBeGreaterThan(cases / 3);
});
