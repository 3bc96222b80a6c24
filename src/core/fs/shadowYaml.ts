// The shadow file of a log entry: what the reference's daemon reads, byte for byte (golden/README.md, "Shadow YAML").

import type { LogFileMeta, SimpleExtent } from '../omf/log.ts'
import { yamlScalar } from './yamlScalar.ts'

export function shadowYaml(meta: LogFileMeta): string {
  const { fmap_nextents, list } = meta.fm_fmap
  const path = yamlScalar(meta.fm_relpath, '  path: '.length, 4)
  return [
    '---',
    'file:',
    path === '' ? '  path:' : `  path: ${path}`,
    `  size: ${meta.fm_size}`,
    `  flags: ${meta.fm_flags}`,
    `  mode: 0${meta.fm_mode.toString(8)}`,
    `  uid: ${meta.fm_uid | 0}`,
    `  gid: ${meta.fm_gid | 0}`,
    `  nextents: ${fmap_nextents}`,
    ...(list.se ? ['  simple_ext_list:', ...extentLines(list.se, '  ')] : []),
    ...(list.ie ? ['  striped_ext_list:', ...list.ie.flatMap(interleavedLines)] : []),
    '...',
    '',
  ].join('\n')
}

function interleavedLines(interleaved: NonNullable<LogFileMeta['fm_fmap']['list']['ie']>[number]): string[] {
  return [
    `  - nstrips: ${interleaved.ie_nstrips}`,
    `    chunk_size: ${hex(interleaved.ie_chunk_size)}`,
    '    simple_ext_list:',
    ...extentLines(interleaved.ie_strips, '    '),
  ]
}

function extentLines(extents: SimpleExtent[], indent: string): string[] {
  return extents.flatMap((extent) => [
    `${indent}- devindex: ${extent.se_devindex}`,
    `${indent}  offset: ${hex(extent.se_offset)}`,
    `${indent}  length: ${hex(extent.se_len)}`,
  ])
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}
