// Names of the panels, and of what else has help.

export const HELP_TITLES = {
  famfs: 'famfs',
  hosts: 'Hosts',
  device: 'Device map',
  striping: 'Striped files',
  devices: 'Several devices',
  poison: 'Poisoned memory',
  stopped: 'A device that stops',
  inspector: 'Inspector',
  mmap: 'mmap of a file',
  log: 'Log',
  removing: 'Removing a file',
  trace: 'Trace',
  problems: 'Problems',
  terminal: 'Terminal',
  dump: 'Dump',
} as const

export type HelpTopic = keyof typeof HELP_TITLES
