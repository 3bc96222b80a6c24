// Validity cookies that the server keeps: one 32-bit word for each file, in memory that the kernel sees too. Where there
// are more files than words some share one: then a change of the one costs the other a question, and nothing more.

export function cookieIn(cookies: Int32Array, node: number): number {
  return Atomics.load(cookies, node % cookies.length) >>> 0
}

export function moveCookieIn(cookies: Int32Array, node: number): number {
  return (Atomics.add(cookies, node % cookies.length, 1) + 1) >>> 0
}
