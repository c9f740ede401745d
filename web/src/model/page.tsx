/** Objects and what relates them. */

export default function ModelPage() {
  return null;
}
