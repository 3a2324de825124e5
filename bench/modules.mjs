/** Tiny Go modules in the form of the GOPROXY protocol, made in memory. */

/** Modules `bench.test/m001@v1.0.0` …: path of each file below the origin, with its octets. */
export function makeModules(count) {
  const files = new Map()
  for (let n = 1; n <= count; n++) {
    const path = modulePath(n)
    const mod = Buffer.from(`module ${path}\n\ngo 1.21\n`)
    // About 20 KiB that does not compress, as real sources after compression.
    const source = Buffer.from(`package m\n\nconst Text = "${noise(n, 15_000).toString('base64')}"\n`)
    const root = `${path}@v1.0.0/`
    files.set(`/${path}/@v/v1.0.0.info`, Buffer.from('{"Version":"v1.0.0","Time":"2026-01-01T00:00:00Z"}'))
    files.set(`/${path}/@v/v1.0.0.mod`, mod)
    files.set(
      `/${path}/@v/v1.0.0.zip`,
      zip([
        [`${root}go.mod`, mod],
        [`${root}m.go`, source],
      ]),
    )
  }
  return files
}

/** The go.mod that requires them all. */
export function makeGoMod(count) {
  const lines = Array.from({ length: count }, (_, i) => `\t${modulePath(i + 1)} v1.0.0\n`)
  return `module bench.test/main\n\ngo 1.21\n\nrequire (\n${lines.join('')})\n`
}

/** Modules of which only .info and .mod are asked for, `graph.test/g0001` …: two small requests each. */
export function makeGraph(count) {
  const files = new Map()
  for (let n = 1; n <= count; n++) {
    files.set(`/${graphPath(n)}/@v/v1.0.0.info`, Buffer.from('{"Version":"v1.0.0","Time":"2026-01-01T00:00:00Z"}'))
    files.set(`/${graphPath(n)}/@v/v1.0.0.mod`, Buffer.from(`module ${graphPath(n)}\n\ngo 1.16\n`))
  }
  return files
}

/** The go.mod that requires all of them. */
export function makeGraphGoMod(count) {
  const lines = Array.from({ length: count }, (_, i) => `\t${graphPath(i + 1)} v1.0.0\n`)
  return `module bench.test/main\n\ngo 1.16\n\nrequire (\n${lines.join('')})\n`
}

function graphPath(n) {
  return `graph.test/g${String(n).padStart(4, '0')}`
}

function modulePath(n) {
  return `bench.test/m${String(n).padStart(3, '0')}`
}

function noise(seed, length) {
  const octets = Buffer.alloc(length)
  let state = seed
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    octets[i] = state >> 16
  }
  return octets
}

/** A ZIP archive whose entries are stored (APPNOTE 4.3). */
function zip(entries) {
  const parts = []
  const directory = []
  let offset = 0
  for (const [name, octets] of entries) {
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt32LE(crc32(octets), 10)
    fields.writeUInt32LE(octets.length, 14)
    fields.writeUInt32LE(octets.length, 18)
    fields.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), octets])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, tail, Buffer.from(name))
    parts.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, central, end])
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})

/** CRC-32 of ZIP (node:zlib has it only in newer releases than our floor). */
function crc32(octets) {
  let crc = ~0
  for (const octet of octets) crc = CRC_TABLE[(crc ^ octet) & 0xff] ^ (crc >>> 8)
  return ~crc >>> 0
}
