/// The Lua script that lets a router keep new connections waiting, instead of refusing them, during a switch.
///
/// It adds three commands to the runtime socket: `hold <frontend> <milliseconds>`, `unhold <frontend>`, and `held
/// <frontend>`, which tells how many connections have waited since the last hold began. A hold ends by itself after its time: a manager that dies cannot block clients for good. (Setting a frontend's
/// `maxconn` to 0 looks like the same and makes HAProxy 2.6 abort.)
package enum HoldScript {
    /// The longest hold in milliseconds that the script accepts.
    package static let longest = 10_000

    /// Seconds after which HAProxy ends a wait whatever the script does.
    ///
    /// HAProxy 2.6.12 now and then loses the timer of a waiting action under load, the more often the shorter the
    /// naps (26 of 800 waits with naps of 2 ms, 10 of 3,200 with 10 to 19 ms): this bounds what that costs one client.
    package static let inspectSeconds = longest / 1000 + 1

    /// - Parameter gate: a unix socket on which the manager lets waiting connections go on.
    package static func text(gate: String) -> String {
        """
        -- New connections of a held frontend wait here until the hold is lifted or its time is over.
        local ends = {}
        local held = {}

        local function milliseconds()
            local time = core.now()
            return time.sec * 1000 + math.floor(time.usec / 1000)
        end

        core.register_action("wait_while_held", { "tcp-req" }, function(txn)
            local frontend = txn.f:fe_name()
            if not ends[frontend] then return end
            if milliseconds() >= ends[frontend] then
                ends[frontend] = nil
                return
            end
            held[frontend] = (held[frontend] or 0) + 1
            -- The manager closes this connection when it lifts the hold, or dies.
            local gate = core.tcp()
            gate:settimeout(math.max(1, (ends[frontend] - milliseconds()) / 1000))
            if gate:connect("unix@\(escaped(gate))") then gate:receive(1) end
            gate:close()
            -- Without it there are only naps, which end one after the other.
            local nap = 10 + held[frontend] * 3 % 10
            while ends[frontend] do
                if milliseconds() >= ends[frontend] then
                    ends[frontend] = nil
                    return
                end
                core.msleep(nap)
                nap = 10
            end
        end, 0)

        core.register_cli({ "hold" }, "hold <frontend> <milliseconds> : keep new connections waiting",
            function(applet, _, frontend, time)
                local duration = tonumber(time)
                if not frontend or not core.frontends[frontend] then
                    applet:send("No such frontend.\\n")
                elseif not duration or duration <= 0 or duration > \(longest) then
                    applet:send("Value out of range.\\n")
                else
                    ends[frontend] = milliseconds() + duration
                    held[frontend] = 0
                end
            end)

        core.register_cli({ "unhold" }, "unhold <frontend> : let waiting connections go on",
            function(applet, _, frontend)
                if not frontend or not core.frontends[frontend] then
                    applet:send("No such frontend.\\n")
                else
                    ends[frontend] = nil
                end
            end)

        core.register_cli({ "held" }, "held <frontend> : how many connections have waited in the last hold",
            function(applet, _, frontend)
                if not frontend or not core.frontends[frontend] then
                    applet:send("No such frontend.\\n")
                else
                    applet:send((held[frontend] or 0) .. "\\n")
                end
            end)

        """
    }

    private static func escaped(_ path: String) -> String {
        path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}
