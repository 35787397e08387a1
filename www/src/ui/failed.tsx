/** Why there is no answer; and where none came at all, the way to ask again: no button of its own brought it about. */
export function Failed({ message, onAgain }: { message: string; onAgain: (() => void) | null }) {
  return (
    <div class="problem" role="alert" data-failed>
      <p>{message}</p>
      {onAgain !== null && <p><button type="button" onClick={onAgain}>Try again</button></p>}
    </div>
  );
}
