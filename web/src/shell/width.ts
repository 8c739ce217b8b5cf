/** How wide the sidebar may be, in pixels. */
export const WIDTH = { least: 220, most: 400, usual: 260 };
