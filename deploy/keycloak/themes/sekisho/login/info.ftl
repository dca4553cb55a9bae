<#-- Notices on the way. Keycloak would let whoever opens a proof of address in another browser go on with a second GET: scanners
     open every link of a mail and every link of the page behind it. So that page leads nowhere: the proof counts in the browser in
     which the sign-in began. An administrator's invitation (requiredActions) has no such browser; it asks for a press of a button. -->
<#import "template.ftl" as layout>
<#assign elsewhere = actionUri?has_content && !(requiredActions??)>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    <#if elsewhere>${msg("proofElsewhereTitle")}<#elseif messageHeader??>${kcSanitize(msg(messageHeader))?no_esc}<#else>${message.summary}</#if>
  <#elseif section = "form">
    <div id="kc-info-message">
      <#if elsewhere>
        <p class="instruction">${msg("proofElsewhereText")}</p>
        <p class="instruction">${msg("proofElsewhereNotYou")}</p>
      <#else>
        <p class="instruction">${message.summary}</p>
        <#if requiredActions??><ul><#list requiredActions as action><li>${msg("requiredAction." + action)}</li></#list></ul></#if>
        <#if !(skipLink??)>
          <#if pageRedirectUri?has_content>
            <p><a href="${pageRedirectUri}">${msg("backToApplication")}</a></p>
          <#elseif actionUri?has_content>
            <#assign parts = actionUri?split("?")>
            <form method="get" action="${parts[0]}">
              <#list parts[1]?split("&") as field><input type="hidden" name="${field?keep_before("=")}" value="${field?keep_after("=")}"></#list>
              <input class="pf-v5-c-button pf-m-primary pf-m-block" type="submit" value="${msg("proceedWithAction")?replace("&raquo;|»", "", "r")?trim}">
            </form>
          <#elseif (client.baseUrl)?has_content>
            <p><a href="${client.baseUrl}">${msg("backToApplication")}</a></p>
          </#if>
        </#if>
      </#if>
    </div>
  </#if>
</@layout.registrationLayout>
