/** What every Report shows and does not, whatever its verdict. */
export function Meaning() {
  return (
    <section class="meaning" aria-labelledby="meaning-title">
      <h2 id="meaning-title">What this shows, and what it does not</h2>
      <div class="meaning-sides">
        <div>
          <h3>It shows</h3>
          <p>When the checks pass: a key that Intel certified for the platform with this PPID signed this challenge. So the answer was made after the challenge was known.</p>
        </div>
        <div>
          <h3>It does not show</h3>
          <ul>
            <li>where the machine stands, or who owns it: that is what the witnesses saw;</li>
            <li>that the machine on the screen gave the answer: one that passes the question on to another looks the same;</li>
            <li>that someone had the whole machine: a tenant's virtual machine shows the PPID of its host;</li>
            <li>that nobody took the key out: with hands on the hardware it has been done (WireTap, TEE.fail, Battering RAM), and such quotes look the same until Intel revokes the key;</li>
            <li>a revocation of the last days, when the collateral is older than that.</li>
          </ul>
        </div>
      </div>
      <p>A picture of this page proves nothing. Whoever relies on it should run the check again on the same file.</p>
    </section>
  );
}
