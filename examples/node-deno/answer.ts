export function answer(path: string): string {
  return `you asked for ${path}`;
}
