import { QRCodeSVG } from "qrcode.react";

/** Dark on light in both themes: not every camera reads the inverse. */
export default function QrCode({ text, label }: { text: string; label: string }) {
  return <QRCodeSVG className="qr" value={text} title={label} size={176} marginSize={2} />;
}
