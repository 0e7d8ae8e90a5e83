// Waiting for facts. Nothing in the stories sleeps for a time and hopes.

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Asks until the answer is truthy, and gives it. The last answer, or error, is in what is thrown.
export async function waitFor(what, ask, { within = 30_000, every = 50 } = {}) {
  const deadline = Date.now() + within;
  for (;;) {
    let answer, trouble;
    try {
      answer = await ask();
    } catch (error) {
      trouble = error;
    }
    if (answer) return answer;
    if (Date.now() > deadline) {
      const last = trouble ? trouble.message : JSON.stringify(answer);
      throw new Error(`Not within ${within / 1000} s: ${what}. Last: ${last}`, { cause: trouble });
    }
    await pause(every);
  }
}
