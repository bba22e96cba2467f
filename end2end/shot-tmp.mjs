import { chromium } from '@playwright/test';
const base='http://127.0.0.1:4771';
const browser = await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-gpu']});
async function enter(ctx,email){ const r=await ctx.request.post(base+'/act/sign-in',{headers:{origin:base},form:{email,password:'sample-password'},maxRedirects:0}); if(r.status()!==303) throw new Error(email+r.status()); }
const mk=async(o,email)=>{const c=await browser.newContext({locale:'en-GB',...o}); await enter(c,email); return [c,await c.newPage()];};
const review=async(page,below,cap)=>{ await page.fill('#below',below); await page.fill('#cap',cap); await page.click('text=Review before turning it on'); await page.waitForSelector('#review'); };
{
 const [c,p]=await mk({viewport:{width:1280,height:900},javaScriptEnabled:false},'mara@northlight.example');
 await p.goto(base+'/buy/auto-top-up'); await p.screenshot({path:'/tmp/s-form.png',fullPage:true});
 await review(p,'60000','100'); await p.screenshot({path:'/tmp/s-review.png',fullPage:true});
 await p.goto(base+'/buy'); await p.screenshot({path:'/tmp/s-buy.png',fullPage:true});
 await c.close();
}
{
 const [c,p]=await mk({viewport:{width:1280,height:900},colorScheme:'dark'},'mia@meridian.example');
 await p.goto(base+'/buy/auto-top-up'); await p.screenshot({path:'/tmp/s-on-dark.png',fullPage:true}); 
 await p.goto(base+'/'); await p.screenshot({path:'/tmp/s-over.png'}); await c.close();
}
{
 const [c,p]=await mk({viewport:{width:320,height:700}},'quinn@quarry.example');
 await p.goto(base+'/buy/auto-top-up'); await p.screenshot({path:'/tmp/s-declined-320.png',fullPage:true}); await c.close();
}
{
 const [c,p]=await mk({viewport:{width:320,height:700},javaScriptEnabled:false},'mara@northlight.example');
 await p.goto(base+'/buy/auto-top-up'); await review(p,'60000','100'); await p.screenshot({path:'/tmp/s-review-320.png',fullPage:true}); await c.close();
}
{
 const [c,p]=await mk({viewport:{width:1280,height:700}},'jonas@northlight.example');
 await p.goto(base+'/buy/auto-top-up'); await p.screenshot({path:'/tmp/s-viewer.png',fullPage:true}); await c.close();
}
await browser.close();
