/** Copy text that whytls wrote; says so, and says when the browser refuses. */
import { useState } from 'preact/hooks'
import { announce } from './announce.ts'

interface CopyProps {
  readonly text: string
  readonly label?: string
  /** What was copied, for the spoken notice ("Command"). */
  readonly what: string
  readonly isPrimary?: boolean
  readonly isSmall?: boolean
}

export function CopyButton({ text, label = 'Copy', what, isPrimary = false, isSmall = false }: CopyProps) {
  const [said, say] = useState('')
  const copy = async (): Promise<void> => {
    say((await copyText(text, what)) ? 'Copied' : 'Select and copy by hand')
    setTimeout(() => say(''), 1500)
  }
  return (
    <button
      type="button"
      class={`btn${isPrimary ? ' primary' : ''}${isSmall ? ' small' : ''}`}
      aria-label={label.endsWith(what.toLowerCase()) ? label : `${label} ${what.toLowerCase()}`}
      onClick={copy}
    >
      {said || label}
    </button>
  )
}

/** Put text on the clipboard and announce it; false when the browser refuses. */
export async function copyText(text: string, what: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    announce(`The browser does not allow copying here. ${what} not copied.`)
    return false
  }
  announce(`${what} copied`)
  return true
}
