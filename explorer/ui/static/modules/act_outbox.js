// The acts of the user that Python has to carry out. Streamlit loses what a component sends if the next click interrupts the run of the
// page, so all acts that Python has not acknowledged are sent again with the next one. See `act_inbox.py`.

// Milliseconds after which acts without an answer count as lost, such as with a broken connection, and are sent again when the page runs.
const LOST_AFTER = 5000;

// A script keeps one for as long as it is loaded: the numbers of acts go on when its component is mounted again.
export function createActOutbox(now = Date.now) {
  let waiting = [], last = 0, sent = 0, trigger = null;

  function send() {
    sent = now();
    trigger("acts", [...waiting]);
  }

  return {
    // To be called whenever the component is drawn. handled: from Python, the number of the last act that was handled.
    update(handled, setTriggerValue) {
      trigger = setTriggerValue;
      last = Math.max(last, handled);
      waiting = waiting.filter(({ turn }) => turn > handled);
      if (waiting.length && now() - sent > LOST_AFTER) send();
    },
    add(act) {
      waiting.push({ ...act, turn: ++last });
      send();
    },
    // Whether Python has not yet said that it has handled every act.
    get isWaiting() { return waiting.length > 0; },
  };
}
