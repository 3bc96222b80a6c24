// All keys of the page: those of the command table, and those that panels take while they have the focus.

import { useState } from 'react'
import { useDumps } from '../dump/beside.ts'
import { HELP_TITLES } from '../helpTitles.ts'
import { useSnapshot } from '../session.tsx'
import { type Command, type CommandContext, GROUPS } from './command.ts'
import { commandsOf } from './commands.ts'
import { isPlain } from './keys.ts'
import { Keys } from './Palette.tsx'
import { PANEL_KEYS } from './panelKeys.ts'
import { hasKeys } from './perform.ts'
import { plainKeysOn, setPlainKeys } from './plainKeys.ts'
import { Sheet } from './Sheet.tsx'

export function CheatSheet({ context: { preferences } }: { context: CommandContext }) {
  const snapshot = useSnapshot()
  const { list, activeId } = useDumps()
  const [plain, setPlain] = useState(plainKeysOn)
  const commands = commandsOf(snapshot, preferences).filter(({ keys }) => keys.length > 0)
  const toggle = (): void => {
    setPlainKeys(!plain)
    setPlain(!plain)
  }
  return (
    <Sheet title="Keys">
      <label className="check">
        <input type="checkbox" checked={plain} onChange={toggle} />
        Keys that are one letter or sign
      </label>
      <p className="quiet">{plain ? 'Switch them off if speech input or a stray hand presses them.' : 'They are off: keys with Ctrl or Cmd still work.'}</p>
      {commands.some((command) => !hasKeys(command)) && <p className="quiet">{`While ${list.find(({ id }) => id === activeId)?.name ?? 'another page'} shows, keys that act on the scene are off.`}</p>}
      <div className="keys-columns">
        {GROUPS.map((group) => <Group key={group} title={group} commands={commands.filter((command) => command.group === group)} plain={plain} />)}
        {PANEL_KEYS.map(({ panel, keys }) => (
          <div key={panel} className="keys-group">
            <h3>{panel}</h3>
            <dl>
              {keys.map(([names, does]) => (
                <div key={names} className="keys-row"><dt>{names}</dt><dd>{does}</dd></div>
              ))}
            </dl>
          </div>
        ))}
      </div>
      <p className="quiet">While a field or a terminal has the focus its keys are its own. {HELP_TITLES.terminal}: Escape, then Tab, leads out.</p>
    </Sheet>
  )
}

function Group({ title, commands, plain }: { title: string; commands: Command[]; plain: boolean }) {
  if (commands.length === 0) return null
  return (
    <div className="keys-group">
      <h3>{title}</h3>
      <dl>
        {commands.map((command) => (
          <div key={command.id} className="keys-row">
            <dt>{command.keys.map((chord) => <Chord key={chord} chord={chord} isOff={!hasKeys(command) || (!plain && isPlain(chord))} />)}</dt>
            <dd>{command.title}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

function Chord({ chord, isOff }: { chord: string; isOff: boolean }) {
  return <span data-off={isOff || undefined}><Keys chord={chord} />{isOff && ' off'}</span>
}
