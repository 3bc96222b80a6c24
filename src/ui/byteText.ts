// One byte, as a hex dump shows it: on the left, and on the right.

export function byteText(byte: number): string {
  return HEX[byte] ?? '??'
}

/** What a hex dump's right-hand column shows. */
export function asciiText(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
