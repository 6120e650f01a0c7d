import { defineCheck, fail, pass } from "../../core/check.ts";
import { logging } from "../../facts/host/logging.ts";

export default defineCheck({
  title: "Logs do not leave the host",
  severity: "medium",
  clauses: ["4.5.4-b", "4.5.3-e"],
  why: "Whoever takes the host takes its logs; and a host that is replaced at will must keep nothing of its own.",
  fix: "Send logs on by rsyslog (omfwd with TLS), systemd-journal-upload, or an agent such as fluent-bit.",
  needs: { logging },
  evaluate({ logging: { forwarding } }) {
    const at = "/etc/rsyslog.conf, /etc/systemd/journal-upload.conf, processes";
    return forwarding.length > 0
      ? pass({ at, found: forwarding.join("; ") })
      : fail({ at, found: "neither a forwarding rule nor an agent", expected: "a rule or agent that sends logs on" });
  },
  examples: {
    pass: [{ logging: { journalFolder: true, forwarding: ["process fluent-bit"] } }],
    fail: [{ logging: { journalFolder: true } }],
  },
});
