// The messages of this session once more, newest first: what went away by itself isn't gone.

import { Bell } from 'lucide-react'
import { plural, sentence } from './format.ts'
import { useMessages } from './messages.ts'
import { Disclosure } from './parts.tsx'

/** What scrolls must be within reach of the keys. */
const SCROLLS = { tabIndex: 0 }

export function MessagesButton() {
  const { all } = useMessages()
  return (
    <Disclosure className="icon" name="Messages" label={<Bell aria-hidden />}>
      {(close) => (
        <div className="messages">
          <p className="quiet">{all.length === 0 ? 'What happens out of sight is told in the corner of the page, and kept here.' : `${plural(all.length, 'message')}, newest first`}</p>
          <ol aria-label="Messages of this session, newest first" hidden={all.length === 0} {...(all.length > 4 && SCROLLS)}>
            {all.toReversed().map(({ index, kind, says, next, act, atMs }) => (
              <li key={index} data-kind={kind}>
                <p><span className="num quiet">{new Date(atMs).toLocaleTimeString()}</span> {kind === 'failure' && <strong>Failed. </strong>}{sentence(says)}</p>
                {next !== undefined && <p className="quiet">{sentence(next)}</p>}
                {act && <button type="button" className="link" onClick={() => { close(); act.run() }}>{act.label}</button>}
              </li>
            ))}
          </ol>
        </div>
      )}
    </Disclosure>
  )
}
