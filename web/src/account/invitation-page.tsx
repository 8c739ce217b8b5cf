import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { getSession } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { type Invited, readInvitation } from "../api/people.ts";
import { adoptBoot, useSession } from "../api/session.ts";
import { Button } from "../design/button.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { describeError } from "../i18n/errors.ts";
import { type Key, t } from "../i18n/index.ts";
import { AccountFrame } from "./frame.tsx";
import { InvitationForm } from "./invitation-form.tsx";
import { SignedInAlready } from "./signed-in-already.tsx";

const OVER: Record<Exclude<Invited["state"], "open">, { title: Key; text: Key }> = {
  used: { title: "invited.usedTitle", text: "invited.usedText" },
  revoked: { title: "invited.revokedTitle", text: "invited.revokedText" },
  expired: { title: "invited.expiredTitle", text: "invited.expiredText" },
};

/** Where an invitation's link leads: to the form while it is open, else to why it is not. */
export default function InvitationPage({ token }: { token: string }) {
  const [, navigate] = useLocation();
  const name = useSession((state) => state.boot?.instance.name ?? "Portico");
  const user = useSession((state) => state.user);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["invited", token],
    queryFn: () => readInvitation(token),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const enter = async () => {
    adoptBoot(await getSession());
    navigate("/", { replace: true });
  };
  if (isPending) return <AccountFrame title={t("invited.loading")}>{<div className="skeleton h-40" />}</AccountFrame>;
  if (error) {
    const unknown = asApiError(error).code === "invitation_not_found";
    return (
      <AccountFrame title={t(unknown ? "invited.unknownTitle" : "invited.failedTitle")}>
        <NoticeBox tone="warn" role="alert">
          {unknown ? t("invited.unknownText") : describeError(asApiError(error))}
        </NoticeBox>
        {!unknown && (
          <Button className="mt-4" onClick={() => void refetch()}>
            {t("common.retry")}
          </Button>
        )}
      </AccountFrame>
    );
  }
  if (data.state !== "open") {
    const over = OVER[data.state];
    return (
      <AccountFrame title={t(over.title)} text={t(over.text)}>
        <Button look="primary" onClick={() => navigate("/", { replace: true })}>
          {t(user ? "invited.toStart" : "setUp.toSignIn")}
        </Button>
      </AccountFrame>
    );
  }
  const title = data.purpose === "password" ? t("invited.passwordTitle") : t("invited.title", { name });
  if (user) {
    return (
      <AccountFrame title={title}>
        <SignedInAlready user={user} onStay={() => navigate("/", { replace: true })} />
      </AccountFrame>
    );
  }
  const text = data.purpose === "password" ? t("invited.passwordText", { email: data.email ?? "" }) : t("invited.text");
  return (
    <AccountFrame title={title} text={text}>
      <InvitationForm token={token} invitation={data} onDone={enter} onOver={() => void refetch()} />
    </AccountFrame>
  );
}
