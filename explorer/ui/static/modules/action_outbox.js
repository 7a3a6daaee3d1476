// The actions of the user that Python has to carry out. Streamlit loses what a component sends if the next click interrupts the run of the
// page, so all actions that Python has not acknowledged are sent again with the next one. See `action_inbox.py`.

// Milliseconds after which actions without an answer count as lost, such as with a broken connection, and are sent again when the page runs.
const LOST_AFTER = 5000;

// A script keeps one for as long as it is loaded: the numbers of actions go on when its component is mounted again.
export function createActionOutbox(now = Date.now) {
  let waiting = [], last = 0, sent = 0, trigger = null;

  function send() {
    sent = now();
    trigger("actions", [...waiting]);
  }

  return {
    // To be called whenever the component is drawn. handled: from Python, the number of the last action that was handled.
    update(handled, setTriggerValue) {
      trigger = setTriggerValue;
      last = Math.max(last, handled);
      waiting = waiting.filter(({ number }) => number > handled);
      if (waiting.length && now() - sent > LOST_AFTER) send();
    },
    add(action) {
      waiting.push({ ...action, number: ++last });
      send();
    },
    // Whether Python has not yet said that it has handled every action.
    get isWaiting() { return waiting.length > 0; },
  };
}
