export default function Find() {
  return null;
}
