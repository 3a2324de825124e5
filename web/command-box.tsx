/** Commands to paste, comments dimmed, with a button that copies all of them. */
import { CopyButton } from './copy-button.tsx'

interface CommandProps {
  readonly commands: readonly string[]
  readonly what?: string
  readonly isPrimary?: boolean
}

export function CommandBox({ commands, what = 'Command', isPrimary = false }: CommandProps) {
  return (
    <div class="command">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0} data-testid="command">
        {commands.map((line, at) => (
          <span key={`${at}${line}`} class={line.startsWith('#') ? 'comment' : ''}>
            {line}
            {at < commands.length - 1 && '\n'}
          </span>
        ))}
      </pre>
      <CopyButton text={commands.join('\n')} what={what} isPrimary={isPrimary} />
    </div>
  )
}
