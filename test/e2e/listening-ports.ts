/** What a process listens on, as the kernel has it. */
import { readdir, readFile, readlink } from 'node:fs/promises'

/** TCP ports on which a process listens, from /proc. */
export async function listeningPorts(pid: number): Promise<number[]> {
  const links = await Promise.all((await readdir(`/proc/${pid}/fd`)).map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'latin1').catch(() => '')))
  const rows = tables.flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)))
  return rows
    .filter((row) => row[3] === '0A' && links.includes(`socket:[${row[9]}]`))
    .map((row) => Number.parseInt(row[1]?.split(':')[1] ?? '', 16))
}
