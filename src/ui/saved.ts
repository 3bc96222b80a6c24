// What became of the image when the page broke.

export interface Saved {
  isSaved: boolean
  /** One sentence. */
  says: string
}
