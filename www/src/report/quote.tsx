import type { QuoteView } from "cloud-witness";
import { Folded } from "../ui/folded";
import { Hex, isLongHex } from "../ui/hex";

/** Every field of the quote, on demand. */
export function Quote({ quote }: { quote: QuoteView }) {
  const padding = quote.trailing_zeros === 0 ? "" : `, then ${quote.trailing_zeros.toLocaleString("en")} zero bytes`;
  return (
    <section class="quote">
      <Folded summary={<h2>The quote's fields</h2>}>
        {() => (
          <>
            <p>{quote.body}, quote version {quote.version}, {quote.length.toLocaleString("en")} bytes{padding}.</p>
            <dl class="facts fields">
              <div><dt>SHA-256 of the quote</dt><dd><Hex value={quote.sha256} /></dd></div>
              {quote.fields.map((field) => (
                <div key={`${field.offset} ${field.name}`}>
                  <dt><code>{field.name}</code> <span class="hint">byte {field.offset}, length {field.length}</span></dt>
                  <dd>{isLongHex(field.value) ? <Hex value={field.value} /> : <span class="code">{field.value}</span>}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </Folded>
    </section>
  );
}
