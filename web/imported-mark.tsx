/** Says of a handshake that whytls did not see it itself: it came out of a capture file. */
export function ImportedMark({ file }: { readonly file: string | undefined }) {
  if (file === undefined) return null
  return (
    <span class="badge" data-testid="imported" title={`Read from ${file}: not seen by whytls itself, and never probed`}>
      imported
    </span>
  )
}
