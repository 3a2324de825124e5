/** The prime of ML-DSA (FIPS 204 section 2.3); a product of two coefficients fits into a double. */
export const Q = 8_380_417

/** 256 coefficients, each an integer between -Q and Q. */
export type Polynomial = Float64Array<ArrayBuffer>

/** The number theoretic transform (FIPS 204 algorithm 41). */
export function toNtt(polynomial: Polynomial): Polynomial {
  const values = polynomial.slice()
  let k = 0
  for (let length = 128; length >= 1; length >>= 1) {
    for (let start = 0; start < 256; start += 2 * length) {
      const zeta = ZETAS[++k] ?? 0
      for (let j = start; j < start + length; j++) {
        const term = (zeta * (values[j + length] ?? 0)) % Q
        const value = values[j] ?? 0
        values[j + length] = (value - term) % Q
        values[j] = (value + term) % Q
      }
    }
  }
  return values
}

/** The way back (FIPS 204 algorithm 42), with coefficients from 0 to Q - 1. */
export function fromNtt(transformed: Polynomial): Polynomial {
  const values = transformed.slice()
  let k = 256
  for (let length = 1; length < 256; length <<= 1) {
    for (let start = 0; start < 256; start += 2 * length) {
      const zeta = -(ZETAS[--k] ?? 0)
      for (let j = start; j < start + length; j++) {
        const [value, other] = [values[j] ?? 0, values[j + length] ?? 0]
        values[j] = (value + other) % Q
        values[j + length] = (zeta * ((value - other) % Q)) % Q
      }
    }
  }
  return values.map((value) => {
    const scaled = (value * INVERSE_OF_256) % Q
    return scaled < 0 ? scaled + Q : scaled + 0
  })
}

/** Coefficient by coefficient. */
export function multiplyPolynomials(a: Polynomial, b: Polynomial): Polynomial {
  return a.map((value, i) => (value * (b[i] ?? 0)) % Q)
}

/** Coefficient by coefficient. */
export function addPolynomials(a: Polynomial, b: Polynomial): Polynomial {
  return a.map((value, i) => (value + (b[i] ?? 0)) % Q)
}

/** Coefficient by coefficient. */
export function subtractPolynomials(a: Polynomial, b: Polynomial): Polynomial {
  return a.map((value, i) => (value - (b[i] ?? 0)) % Q)
}

const INVERSE_OF_256 = 8_347_681
const ROOT_OF_UNITY = 1753

/** Powers of the root of unity, their exponents with reversed bits. */
const ZETAS: Float64Array = Float64Array.from({ length: 256 }, (_, i) => {
  let zeta = 1
  for (let bit = 0; bit < 8; bit++) {
    zeta = (((zeta * zeta) % Q) * ((i >> bit) & 1 ? ROOT_OF_UNITY : 1)) % Q
  }
  return zeta
})
