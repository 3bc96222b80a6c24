// The form of a scenario file. What isn't in the form is refused, with the place: a misspelled expectation that nobody looks
// at would be a check that can't fail. Keys that begin with an underscore are notes and free.

import { type Scenario, sizeOf } from './runner.ts'

export type Read = { ok: true; scenario: Scenario } | { ok: false; problems: string[] }

type Report = (place: string, says: string) => void
type Fields = Record<string, unknown>
type Check = (value: unknown, place: string, report: Report) => void

interface Field {
  check: Check
  required?: boolean
}

export function readScenario(text: string): Read {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { ok: false, problems: [`it is not JSON: ${error instanceof Error ? error.message : String(error)}`] }
  }
  const problems: string[] = []
  const report: Report = (place, says) => void problems.push(place === '' ? says : `${place}: ${says}`)
  fields(scenarioForm, 'a scenario')(value, '', report)
  // Names can only be compared where all have their form.
  if (problems.length === 0) checkNames(value as Scenario, report)
  return problems.length === 0 ? { ok: true, scenario: value as Scenario } : { ok: false, problems }
}

// kinds of values

const text: Check = (value, place, report) => {
  if (typeof value !== 'string') report(place, `takes text, not ${shown(value)}`)
}

const word: Check = (value, place, report) => {
  if (typeof value !== 'string' || !/^\S+$/.test(value)) report(place, `takes a name without blanks, not ${shown(value)}`)
}

const command: Check = (value, place, report) => {
  if (typeof value !== 'string' || value.trim() === '' || value.includes('\n')) report(place, `takes one command line, not ${shown(value)}`)
}

const path: Check = (value, place, report) => {
  if (typeof value !== 'string' || !/^\/[^\n]*$/.test(value)) report(place, `takes an absolute path, not ${shown(value)}`)
}

const flag: Check = (value, place, report) => {
  if (typeof value !== 'boolean') report(place, `takes true or false, not ${shown(value)}`)
}

const size: Check = (value, place, report) => {
  const bytes = typeof value === 'string' || typeof value === 'number' ? sizeOf(value) : undefined
  if (bytes === undefined) report(place, `takes a size such as 4096, "64K", "256M" or "4G", not ${shown(value)}`)
}

const deviceSize: Check = (value, place, report) => {
  size(value, place, report)
  if (value === 0 || value === '0') report(place, 'a device has more than no bytes')
}

const modeBits: Check = (value, place, report) => {
  if (typeof value !== 'string' || !/^[0-7]{1,5}$/.test(value)) report(place, `takes an octal mode such as "0640", not ${shown(value)}`)
}

const exit: Check = (value, place, report) => {
  if (value !== 'nonzero' && !isInteger(value, 0, 255)) report(place, `takes a number from 0 to 255 or "nonzero", not ${shown(value)}`)
}

const pattern: Check = (value, place, report) => {
  if (typeof value !== 'string') return report(place, `takes a regular expression as text, not ${shown(value)}`)
  try {
    RegExp(value, 'm')
  } catch (error) {
    report(place, `is no regular expression: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const wholeNumber: Check = (value, place, report) => {
  if (!isInteger(value, 0, 2 ** 32 - 1)) report(place, `takes a whole number, not ${shown(value)}`)
}

const oneOf = (...words: string[]): Check => (value, place, report) => {
  if (typeof value !== 'string' || !words.includes(value)) report(place, `takes ${words.map((each) => `"${each}"`).join(' or ')}, not ${shown(value)}`)
}

const listOf = (check: Check, least = 0): Check => (value, place, report) => {
  if (!Array.isArray(value)) return report(place, `takes a list, not ${shown(value)}`)
  if (value.length < least) report(place, 'is empty: there is nothing to run')
  value.forEach((each, i) => check(each, `${place}[${i}]`, report))
}

const fields = (form: Record<string, Field>, what: string): Check => (value, place, report) => {
  if (!isFields(value)) return report(place, `takes an object, ${what}, not ${shown(value)}`)
  const at = (key: string): string => (place === '' ? key : `${place}.${key}`)
  for (const [key, { required }] of Object.entries(form)) {
    if (required && value[key] === undefined) report(at(key), `is missing: ${what} has it`)
  }
  for (const [key, each] of Object.entries(value)) {
    const known = Object.hasOwn(form, key) ? form[key] : undefined
    if (known) known.check(each, at(key), report)
    else if (!key.startsWith('_')) report(at(key), `${what} has no such key; it has ${Object.keys(form).join(', ')}`)
  }
}

// the form

const file: Check = (value, place, report) => {
  if (isFields(value) && (value['text'] === undefined) === (value['size'] === undefined)) return report(place, 'a file has either "text" or "size" and "seed"')
  const content = isFields(value) && value['text'] !== undefined ? { text: { check: text } } : { size: { check: size }, seed: { check: wholeNumber, required: true } }
  fields({ ...content, mode: { check: modeBits } }, 'a file')(value, place, report)
}

const files: Check = (value, place, report) => {
  if (!isFields(value)) return report(place, `takes an object, paths with their files, not ${shown(value)}`)
  for (const [name, each] of Object.entries(value)) {
    path(name, `${place}[${shown(name)}]`, report)
    if (name.endsWith('/')) report(`${place}[${shown(name)}]`, 'is the path of a directory: put it into dirs')
    file(each, `${place}[${shown(name)}]`, report)
  }
}

const range: Check = (value, place, report) => {
  fields({ from: { check: wholeNumber, required: true }, to: { check: wholeNumber, required: true } }, 'a repetition')(value, place, report)
  if (isFields(value) && Number(value['from']) > Number(value['to'])) report(place, `goes from ${shown(value['from'])} to ${shown(value['to'])}: the step would never run`)
}

const hostForm: Record<string, Field> = {
  name: { check: word, required: true },
  role: { check: text },
  files: { check: files },
  dirs: { check: listOf(path) },
}

const stepForm: Record<string, Field> = {
  host: { check: word, required: true },
  run: { check: command, required: true },
  exit: { check: exit, required: true },
  stdoutMatches: { check: listOf(pattern) },
  stdoutLacks: { check: listOf(pattern) },
  cwd: { check: path },
  repeat: { check: range },
  save: { check: word },
  equalsSaved: { check: word },
  differsSaved: { check: word },
  why: { check: text },
  deviates: { check: text },
}

const scenarioForm: Record<string, Field> = {
  name: { check: word, required: true },
  source: { check: text },
  description: { check: text },
  mode: { check: oneOf('standalone', 'fuse', 'any'), required: true },
  relaxed: { check: flag },
  hosts: { check: listOf(fields(hostForm, 'a host'), 1), required: true },
  device: { check: fields({ path: { check: path, required: true }, size: { check: deviceSize, required: true } }, 'a device'), required: true },
  steps: { check: listOf(fields(stepForm, 'a step'), 1), required: true },
}

function checkNames({ hosts, steps }: Scenario, report: Report): void {
  const names = new Set<string>()
  for (const [i, { name }] of hosts.entries()) {
    if (names.has(name)) report(`hosts[${i}].name`, `there are two hosts ${name}`)
    names.add(name)
  }
  const saved = new Set<string>()
  for (const [i, step] of steps.entries()) {
    if (!names.has(step.host)) report(`steps[${i}].host`, `there is no host ${step.host}; there are ${[...names].join(', ')}`)
    for (const key of ['equalsSaved', 'differsSaved'] as const) {
      const name = step[key]
      if (name !== undefined && !saved.has(name)) report(`steps[${i}].${key}`, `no step before saves ${name}`)
    }
    if (step.run.includes('${i}') && !step.repeat) report(`steps[${i}].run`, 'uses ${i}, but the step has no "repeat"')
    if (step.save !== undefined) saved.add(step.save)
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isInteger(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing'
  return json.length <= 60 ? json : `${json.slice(0, 60)}...`
}
