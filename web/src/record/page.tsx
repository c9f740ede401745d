/** A record by itself. */

export default function RecordPage() {
  return null;
}
