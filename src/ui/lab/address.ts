// Where the lab is: behind the page's own address, so that it can be linked to.

export const LAB_HASH = '#lab'
