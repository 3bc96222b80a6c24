// What a person dropped: files, and folders, which come as something that looks like a file and are none.

import { useEffect } from 'react'
import { listText } from './format.ts'
import type { Trouble } from './trouble.ts'

/** A folder's entry is the only thing that says what it is. */
export function droppedOf(data: DataTransfer): { files: File[]; folders: string[] } {
  const files: File[] = []
  const folders: string[] = []
  for (const item of data.items) {
    const file = item.kind === 'file' ? item.getAsFile() : null
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null
    if (entry?.isDirectory) folders.push(entry.name)
    else if (file) files.push(file)
  }
  return { files, folders }
}

export function folderTroubleOf(folders: string[]): Trouble | undefined {
  if (folders.length === 0) return undefined
  const [are, it] = folders.length === 1 ? ['is a folder', 'it'] : ['are folders', 'them']
  return { says: `${listText(folders)} ${are}, and a folder can’t be copied in as one file`, next: `Drop the files in ${it}` }
}

/** A file dropped beside a lane must not make the browser leave the page for it: it is opened, as a dump. */
export function useFilesBeside(open: (data: DataTransfer) => void): void {
  useEffect(() => {
    const isOurs = (event: DragEvent): event is DragEvent & { dataTransfer: DataTransfer } =>
      !event.defaultPrevented && event.dataTransfer !== null && event.dataTransfer.types.includes('Files')
    const onOver = (event: DragEvent): void => {
      if (!isOurs(event)) return
      event.preventDefault()
      event.dataTransfer.dropEffect = 'copy'
    }
    const onDrop = (event: DragEvent): void => {
      if (!isOurs(event)) return
      event.preventDefault()
      open(event.dataTransfer)
    }
    addEventListener('dragover', onOver)
    addEventListener('drop', onDrop)
    return () => {
      removeEventListener('dragover', onOver)
      removeEventListener('drop', onDrop)
    }
  }, [open])
}
