/** An object and its fields. */

export default function Designer() {
  return null;
}
